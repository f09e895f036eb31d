import { z } from 'zod'
import { Member, Project, ProjectName, ProjectReference, pageOf, RoleName } from './api.ts'

/** What people call something, on one line. */
const PlaceName = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'one line of text')

export const Organisation = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    timeZone: z.string().describe('Where its hours and days are counted, such as Europe/Berlin'),
    createdAt: z.string(),
  })
  .meta({ id: 'Organisation' })
export type Organisation = z.infer<typeof Organisation>

export const OrganisationSettings = z
  .strictObject({ name: PlaceName.optional(), timeZone: z.string().min(1).max(64).optional() })
  .refine(({ name, timeZone }) => name !== undefined || timeZone !== undefined, 'a name or a time zone')
  .meta({ id: 'OrganisationSettings' })
export type OrganisationSettings = z.infer<typeof OrganisationSettings>

export const OrganisationRequest = z
  .strictObject({ name: PlaceName, timeZone: z.string().min(1).max(64).default('UTC') })
  .meta({ id: 'OrganisationRequest' })
export type OrganisationRequest = z.infer<typeof OrganisationRequest>

export const NewOrganisation = z
  .strictObject({
    organisation: Organisation,
    owner: Member,
    token: z.string().describe('Of its owner; shown this once'),
  })
  .meta({ id: 'NewOrganisation' })
export type NewOrganisation = z.infer<typeof NewOrganisation>

export const Named = z.strictObject({ name: PlaceName }).meta({ id: 'Named' })

/** By id or name. */
export const TeamReference = z.string().min(1).max(100).describe("A team's id, or its name")

export const Team = z
  .strictObject({ id: z.string(), name: z.string(), members: z.int(), createdAt: z.string() })
  .meta({ id: 'Team' })
export type Team = z.infer<typeof Team>
export const TeamList = z.strictObject({ items: z.array(Team) }).meta({ id: 'TeamList' })
export type TeamList = z.infer<typeof TeamList>

const PlaceOfRole = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['server', 'organisation']) }),
  z.strictObject({ kind: z.literal('team'), team: TeamReference }),
  z.strictObject({ kind: z.literal('project'), project: ProjectReference }),
  z.strictObject({
    kind: z.literal('environment'),
    project: ProjectReference,
    environment: z.string().min(1).max(100),
  }),
])
export type PlaceOfRole = z.infer<typeof PlaceOfRole>

export const SubjectKind = z.enum(['person', 'team', 'service-account'])

const SubjectOfRole = z.strictObject({
  kind: SubjectKind,
  reference: z.string().min(1).max(320).describe('A person by id or e-mail, others by id or name'),
})

export const RoleGrant = z
  .strictObject({ subject: SubjectOfRole, role: RoleName, at: PlaceOfRole })
  .meta({ id: 'RoleGrant' })
export type RoleGrant = z.infer<typeof RoleGrant>

export const RoleRevocation = z
  .strictObject({ subject: SubjectOfRole, at: PlaceOfRole })
  .meta({ id: 'RoleRevocation' })
export type RoleRevocation = z.infer<typeof RoleRevocation>

/** What changed: who is what where now, and what they were. */
export const RoleChange = z
  .strictObject({
    subject: z.strictObject({ kind: SubjectKind, id: z.string(), name: z.string() }),
    at: z.strictObject({ kind: z.string(), id: z.string() }),
    before: RoleName.optional(),
    after: RoleName.optional(),
  })
  .meta({ id: 'RoleChange' })
export type RoleChange = z.infer<typeof RoleChange>

export const RoleBinding = z
  .strictObject({
    id: z.string(),
    subject: z.strictObject({ kind: SubjectKind, id: z.string(), name: z.string() }),
    role: RoleName,
    at: z.strictObject({
      kind: z.enum(['server', 'organisation', 'team', 'project', 'environment']),
      id: z.string(),
      name: z.string(),
    }),
    givenBy: z.string().describe('Their name'),
    givenAt: z.string(),
  })
  .meta({ id: 'RoleBinding' })
export type RoleBinding = z.infer<typeof RoleBinding>
export const RoleBindingPage = pageOf(RoleBinding, 'RoleBindingPage')

export const TeamDetail = Team.omit({ members: true })
  .extend({
    members: z.array(
      z.strictObject({
        kind: z.enum(['person', 'service-account']),
        id: z.string(),
        name: z.string(),
        addedAt: z.string(),
      }),
    ),
    roles: z
      .array(
        z.strictObject({
          role: RoleName,
          at: z.strictObject({ kind: z.string(), id: z.string(), name: z.string() }),
        }),
      )
      .describe('What everybody in it is, and where'),
    projects: z.array(z.strictObject({ id: z.string(), name: z.string() })).describe('What it looks after'),
  })
  .meta({ id: 'TeamDetail' })
export type TeamDetail = z.infer<typeof TeamDetail>

export const TeamMemberRequest = z
  .strictObject({
    kind: z.enum(['person', 'service-account']).default('person'),
    reference: z
      .string()
      .min(1)
      .max(320)
      .describe('A person by id or e-mail, a service account by id or name'),
  })
  .meta({ id: 'TeamMemberRequest' })
export type TeamMemberRequest = z.infer<typeof TeamMemberRequest>

export const EnvironmentName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
    error: 'lower-case letters, digits, dots, dashes and underscores',
    abort: true,
  })
  .refine((name) => !name.includes('..'), 'no two dots in a row')

/** By id or name. */
export const EnvironmentReference = z.string().min(1).max(100).describe("An environment's id, or its name")

export const Environment = z
  .strictObject({ id: z.string(), name: z.string(), createdAt: z.string() })
  .meta({ id: 'Environment' })
export type Environment = z.infer<typeof Environment>
export const EnvironmentList = z.strictObject({ items: z.array(Environment) }).meta({ id: 'EnvironmentList' })
export type EnvironmentList = z.infer<typeof EnvironmentList>

export const EnvironmentRequest = z.strictObject({ name: EnvironmentName }).meta({ id: 'EnvironmentRequest' })
export type EnvironmentRequest = z.infer<typeof EnvironmentRequest>

export const AutonomyLevel = z.int().min(0).max(3)

/** What work that nobody asked for in person may do by itself at each level; what is of high risk waits at all of them. */
export const AUTONOMY = [
  'Nothing happens by itself.',
  'It looks: what is of low risk.',
  'It also begins tasks; what they change waits for review like everything else.',
  'It does all that is of low or medium risk.',
] as const

export const ProjectDetail = Project.extend({
  team: z.strictObject({ id: z.string(), name: z.string() }).optional(),
  autonomy: AutonomyLevel,
  environments: z.array(z.string()),
}).meta({ id: 'ProjectDetail' })
export type ProjectDetail = z.infer<typeof ProjectDetail>

export const ProjectRename = z.strictObject({ name: ProjectName }).meta({ id: 'ProjectRename' })
export const ProjectMove = z
  .strictObject({ team: TeamReference.optional().describe('No team looks after it unless given') })
  .meta({ id: 'ProjectMove' })
export const ProjectAutonomy = z.strictObject({ autonomy: AutonomyLevel }).meta({ id: 'ProjectAutonomy' })
