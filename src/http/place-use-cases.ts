import type { Page, PageRequest } from '#contract/api.ts'
import type {
  Environment,
  EnvironmentList,
  NewOrganisation,
  Organisation,
  OrganisationRequest,
  OrganisationSettings,
  ProjectDetail,
  RoleBinding,
  RoleChange,
  RoleGrant,
  RoleRevocation,
  Team,
  TeamDetail,
  TeamList,
  TeamMemberRequest,
} from '#contract/places.ts'
import type { Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'

/** The places within a server, and who is what there. Teams, projects and environments are named by id or name. */
export interface PlaceUseCases {
  showOrganisation(actor: Actor): Promise<Result<Organisation>>
  setOrganisation(actor: Actor, settings: OrganisationSettings): Promise<Result<Organisation>>
  /** Another one on this server; whoever asks is its first owner. */
  createOrganisation(actor: Actor, request: OrganisationRequest): Promise<Result<NewOrganisation>>

  listTeams(actor: Actor): Promise<Result<TeamList>>
  showTeam(actor: Actor, team: string): Promise<Result<TeamDetail>>
  createTeam(actor: Actor, name: string): Promise<Result<Team>>
  renameTeam(actor: Actor, team: string, name: string): Promise<Result<Team>>
  /** Also ends what the team was given, and what was given at it; nobody looks after its projects then. */
  removeTeam(actor: Actor, team: string): Promise<Result<void>>
  /** Gives somebody all that the team was given, so only whoever may give each of it does so. */
  addToTeam(actor: Actor, team: string, member: TeamMemberRequest): Promise<Result<TeamDetail>>
  dropFromTeam(actor: Actor, team: string, member: string): Promise<Result<void>>

  listEnvironments(actor: Actor, project: string): Promise<Result<EnvironmentList>>
  createEnvironment(actor: Actor, project: string, name: string): Promise<Result<Environment>>
  renameEnvironment(
    actor: Actor,
    project: string,
    environment: string,
    name: string,
  ): Promise<Result<Environment>>
  removeEnvironment(actor: Actor, project: string, environment: string): Promise<Result<void>>

  showProject(actor: Actor, project: string): Promise<Result<ProjectDetail>>
  renameProject(actor: Actor, project: string, name: string): Promise<Result<ProjectDetail>>
  /** To a team that looks after it from now on, or to none. */
  moveProject(actor: Actor, project: string, team: string | undefined): Promise<Result<ProjectDetail>>
  setAutonomy(actor: Actor, project: string, autonomy: number): Promise<Result<ProjectDetail>>
  /** Disconnects it: its tasks and evidence stay, the host forgets how to reach it. */
  removeProject(actor: Actor, project: string): Promise<Result<void>>

  listRoles(actor: Actor, page: PageRequest): Promise<Result<Page<RoleBinding>>>
  grantRole(actor: Actor, grant: RoleGrant): Promise<Result<RoleChange>>
  revokeRole(actor: Actor, revocation: RoleRevocation): Promise<Result<RoleChange>>
}
