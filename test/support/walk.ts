import type { Person } from '#contract/task.ts'
import type { Route } from '#http/route.ts'
import { newInvitationLink } from '#identity/sign-in/invitation-link.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import type { ActionName, Permission } from '#policy/action.ts'
import type { Binding } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import { environmentPlace, organisationPlace, projectPlace, serverPlace, teamPlace } from '#policy/place.ts'
import { insertEnvironment } from '#store/environments.ts'
import { saveEvidence } from '#store/evidence.ts'
import { insertInvitation } from '#store/invitations.ts'
import type { ProjectRow } from '#store/projects.ts'
import { insertRoleBinding } from '#store/role-bindings.ts'
import { insertTask } from '#store/tasks.ts'
import { insertTeam } from '#store/teams.ts'
import type { PlacesHouse } from './places-house.ts'
import { queuedTask } from './tasks.ts'

/** One way to ask a route: at a place, with a body that gets as far as the decision. */
export interface Stop {
  readonly name: string
  readonly path: string
  /** Absent where no record is at hand, and the door alone is asked. */
  readonly place?: Place
  /** False for what belongs to another organisation. */
  readonly isOurs: boolean
  /** Without this there, somebody is told that it is not there. */
  readonly readBy?: Permission
  /** The same as a role is given there. */
  readonly at: unknown
  readonly country: Country
  readonly land?: Land
  readonly body?: () => unknown
  /** Takes back what was done, where being let through does anything. */
  readonly restore?: () => Promise<unknown>
}

/** Two projects with environments and a team in one organisation, and the same in another. */
export interface Walk {
  readonly ours: string
  readonly project: ProjectRow
  readonly environment: string
  readonly team: string
  stopsOf(route: Route): readonly Stop[]
}

/** What can be named at one project. */
interface Land {
  readonly name: string
  readonly organisation: string
  readonly country: Country
  readonly project: ProjectRow
  readonly environment: string
  readonly task: string
  readonly commit: string
}

/** What can be named in one organisation. */
interface Country {
  readonly organisation: string
  /** Who asked for the tasks. */
  readonly owner: Person
  readonly person: string
  readonly account: string
  readonly invitation: string
  readonly team: string
}

export async function aWalk(house: PlacesHouse): Promise<Walk> {
  const [ours, theirs] = [await house.organisation('Ours'), await house.organisation('Theirs')]
  const countries = [await aCountry(house, ours), await aCountry(house, theirs)] as const
  const [country, abroad] = countries
  const home = await aLand(house, country, 'shop', 'a')
  const other = await anEnvironment(house, home.project, 'other')
  await isViewer(house, country, { kind: 'Environment', id: other })
  const lands = [
    home,
    await aLand(house, country, 'forum', 'b'),
    await aLand(house, abroad, 'bank', 'c'),
    { ...home, name: 'another environment', environment: other },
  ]
  const teams = [country, { ...country, team: await aTeam(house, ours) }, abroad]
  for (const each of teams) await isViewer(house, each, { kind: 'Team', id: each.team })
  const stopsAt = (route: Route, where: Where): Stop[] => {
    const near = where === 'environment' ? lands : lands.slice(0, -1)
    if (where === 'project' || where === 'task' || where === 'environment')
      return near.map((land) => atLand(route, where, land, ours))
    if (where === 'team') return teams.map((each) => atTeam(route, each, ours))
    const ofBoth = where !== 'nowhere' && route.path.includes('{')
    return (ofBoth ? countries : [country]).map((each) => inAll(route, where, each, ours))
  }
  return {
    ours,
    project: home.project,
    environment: home.environment,
    team: country.team,
    stopsOf(route) {
      const own = WITHIN[route.action as Within]
      if (own === undefined && route.place === 'within')
        throw new Error(`say in test/support/walk.ts how ${route.action} is asked`)
      const kinds = own?.where ?? [WHERE[route.place as keyof typeof WHERE]]
      return kinds
        .flatMap((where) => stopsAt(route, where))
        .map((stop) => ({
          ...stop,
          ...(own === undefined ? unread(route) : { body: () => own.body(stop) }),
          ...(own === undefined && route.method !== 'delete' ? {} : { restore: () => restore(house, ours) }),
        }))
    },
  }
}

type Where = 'nowhere' | 'organisation' | 'server' | 'team' | 'project' | 'environment' | 'task'

const WHERE = {
  ...{ organisation: 'organisation', seen: 'organisation', server: 'server' },
  ...{ team: 'team', project: 'project', environment: 'environment', task: 'task' },
} as const

/** What the door refuses it refuses before it reads this; whoever is let in has asked for nothing. */
function unread({ method }: Route): Pick<Stop, 'body'> {
  return method === 'post' ? { body: () => ({ 'no such field': true }) } : {}
}

type Within = keyof typeof WITHIN

interface Asked {
  readonly where: readonly Where[]
  readonly body: (stop: Stop) => unknown
}

let names = 0
const fresh = () => {
  names += 1
  return `walk-${names}`
}
const nothing = () => undefined
const inWhole = { where: ['organisation'] } as const
const EVERYWHERE = ['organisation', 'team', 'project', 'environment'] as const

/** Speaks of nothing that happens. */
const POLICY = {
  name: 'walk',
  text: `@id("walk") @reason("No.") @remedy("Yes.")
forbid(principal, action == Airlock::Action::"task.retry", resource) when { context has agent && context.agent == "walk" };`,
  examples: `- { name: walk, action: task.retry, as: owner, facts: { agent: walk }, expect: deny }
- { name: run, action: task.retry, as: owner, facts: { agent: run }, expect: allow }`,
  after: 0,
}

/** How to ask what is only decided once the record is known: as little as gets so far. */
const WITHIN = {
  'task.submit': {
    where: ['project'],
    body: ({ land }) => ({ intent: 'x', project: land?.project.id, agent: 'none' }),
  },
  'project.create': { ...inWhole, body: () => ({ url: `https://git.example.org/${fresh()}.git` }) },
  'review.approve': { where: ['task'], body: () => ({ patchDigest: 'none', message: 'x' }) },
  'evidence.show': { where: ['task'], body: nothing },
  'person.create': { ...inWhole, body: () => someone('viewer') },
  'person.remove': { ...inWhole, body: nothing },
  'person.reset-password': { ...inWhole, body: () => ({}) },
  'person.invite': { ...inWhole, body: () => someone('viewer') },
  'invitation.revoke': { ...inWhole, body: nothing },
  'service-account.create': { ...inWhole, body: () => ({ name: fresh(), role: 'viewer' }) },
  'service-account.remove': { ...inWhole, body: nothing },
  'key.create': { ...inWhole, body: () => ({ name: fresh() }) },
  'confirmation.give': { where: ['nowhere'], body: nothing },
  'policy.set': { ...inWhole, body: () => POLICY },
  'policy.remove': { where: ['nowhere'], body: nothing },
  'identity-provider.create': {
    where: ['server'],
    body: () => ({ kind: 'saml', id: 'x', domain: 'example.org', metadata: 'none' }),
  },
  'identity-provider.remove': { ...inWhole, body: nothing },
  'secret.set': { where: ['project'], body: () => ({ name: 'npmrc', content: 'a secret' }) },
  'secret.remove': { where: ['project'], body: nothing },
  'secret.prune': { where: ['project'], body: () => ({}) },
  'team.member-add': { where: ['team'], body: ({ country }) => ({ reference: country.person }) },
  'team.member-remove': { where: ['team'], body: nothing },
  'role.grant': {
    where: EVERYWHERE,
    body: ({ country, at }) => ({
      ...{ subject: { kind: 'service-account', reference: country.account }, role: 'viewer', at },
    }),
  },
  'role.revoke': {
    where: EVERYWHERE,
    body: ({ country, at }) => ({ subject: { kind: 'team', reference: country.team }, at }),
  },
} as const satisfies { readonly [A in ActionName]?: Asked }

function someone(role: string) {
  return { name: 'x', email: `${fresh()}@example.org`, role }
}

function atLand(route: Route, where: Where, land: Land, ours: string): Stop {
  const { organisation, project, environment, task, commit, name, country } = land
  const whole = projectPlace(organisation, project.id)
  const reads = { project: 'projects:read', task: 'tasks:read', environment: 'environments:read' } as const
  const path = route.path
    .replace('{project}', project.id)
    .replace('{environment}', environment)
    .replace('{task}', task)
    .replace('{commit}', commit)
  return {
    ...{ name, country, land, isOurs: organisation === ours },
    path: named(path, country),
    place: where === 'environment' ? environmentPlace(whole, environment) : whole,
    readBy: reads[where as keyof typeof reads],
    at:
      where === 'environment'
        ? { kind: where, project: project.id, environment }
        : { kind: 'project', project: project.id },
  }
}

function atTeam(route: Route, country: Country, ours: string): Stop {
  const { organisation, team } = country
  return {
    ...{ name: `team of ${organisation}`, country, isOurs: organisation === ours },
    path: named(route.path.replace('{team}', team), country),
    place: teamPlace(organisation, team),
    readBy: 'teams:read',
    at: { kind: 'team', team },
  }
}

function inAll(route: Route, where: Where, country: Country, ours: string): Stop {
  const { organisation } = country
  return {
    ...{ name: organisation, country, isOurs: organisation === ours || !OF_ONE.test(route.path) },
    path: named(route.path, country),
    ...(where === 'nowhere' ? {} : { place: where === 'server' ? serverPlace() : organisationPlace(ours) }),
    at: { kind: 'organisation' },
  }
}

/** What belongs to one organisation and is looked up before it is decided about. */
const OF_ONE = /^\/v1\/(people|invitations|service-accounts)\/[{][a-z]+[}](\/password-resets)?$/

/** Other names in a path; what is not there at all is asked for where the door decides before it is looked up. */
function named(path: string, { person, account, invitation }: Country): string {
  return path
    .replace(/[{](?:person|member)[}]/, person)
    .replace('{account}', account)
    .replace('{invitation}', invitation)
    .replace('{provider}', 'none')
    .replace('{policy}', 'none?after=0')
    .replace('{name}', 'none')
    .replace('{confirmation}', 'cnf_00000000000000000000')
    .replace('{key}', 'tok_00000000000000000000')
    .replace('{share}', 'shr_00000000000000000000')
}

async function aLand(house: PlacesHouse, country: Country, name: string, digit: string): Promise<Land> {
  const { organisation, owner } = country
  const project = await house.project(organisation, name)
  const environment = await anEnvironment(house, project, 'staging')
  const commit = digit.repeat(40)
  const task = queuedTask({ organisation, person: owner, project })
  await house.store.inOrganisation(organisation, async (tx) => {
    await insertTask(tx, task)
    const createdAt = instantOf(house.workshop.clock())
    await saveEvidence(tx, { commit, task: task.id, bundle: '{}', createdAt })
  })
  for (const at of [
    { kind: 'Project', id: project.id },
    { kind: 'Environment', id: environment },
  ] as const)
    await isViewer(house, country, at)
  return { name, organisation, country, project, environment, task: task.id, commit }
}

/** Who is given what they have already has no role changed. */
async function isViewer(
  { store, workshop: { random, clock } }: PlacesHouse,
  { organisation, account, owner }: Pick<Country, 'organisation' | 'account' | 'owner'>,
  at: Binding['at'],
): Promise<void> {
  const binding = { subjectKind: 'service-account', subject: account, role: 'viewer', at } as const
  const given = { id: newId('bnd', random), givenBy: owner, givenAt: instantOf(clock()) }
  await store.inOrganisation(organisation, (tx) => insertRoleBinding(tx, { ...given, ...binding }))
}

async function anEnvironment(
  { store, workshop: { random, clock } }: PlacesHouse,
  { organisation, id }: ProjectRow,
  name: string,
): Promise<string> {
  const made = { id: newId('env', random), project: id, name, createdAt: instantOf(clock()) }
  await store.inOrganisation(organisation, (tx) => insertEnvironment(tx, made))
  return made.id
}

async function aCountry(house: PlacesHouse, organisation: string): Promise<Country> {
  const { random, clock } = house.workshop
  const { id, name } = await house.person(organisation, 'requester', 'owner')
  const person = await house.person(organisation, 'somebody', 'viewer')
  const account = await house.serviceAccount(organisation, 'program', 'viewer')
  const invitation = newId('inv', random)
  await house.store.inOrganisation(organisation, (tx) =>
    insertInvitation(tx, {
      ...{ id: invitation, hash: newInvitationLink(organisation, random).hash, name: 'x' },
      ...{ email: 'invited@example.org', role: 'viewer', createdAt: instantOf(clock()) },
      expiresAt: instantOf(clock() + 60_000),
    }),
  )
  return {
    ...{ organisation, owner: { id, name, email: 'requester@example.org' }, invitation },
    ...{ person: person.id, account: account.id, team: await aTeam(house, organisation) },
  }
}

async function aTeam(
  { store, workshop: { random, clock } }: PlacesHouse,
  organisation: string,
): Promise<string> {
  const id = newId('tem', random)
  const made = { id, name: fresh(), createdAt: instantOf(clock()) }
  await store.inOrganisation(organisation, (tx) => insertTeam(tx, made))
  return id
}

/** Nothing was removed, taken back or ended. */
async function restore({ store }: PlacesHouse, organisation: string): Promise<void> {
  await store.inOrganisation(organisation, async (tx) => {
    for (const table of [
      'people',
      'serviceAccounts',
      'teams',
      'projects',
      'environments',
      'roleBindings',
    ] as const)
      await tx.updateTable(table).set({ removedAt: null }).where('removedAt', 'is not', null).execute()
    await tx.updateTable('invitations').set({ revokedAt: null }).where('revokedAt', 'is not', null).execute()
    await tx.updateTable('accessTokens').set({ revokedAt: null }).where('revokedAt', 'is not', null).execute()
    await tx.updateTable('tasks').set({ state: 'queued' }).where('state', '<>', 'queued').execute()
  })
}
