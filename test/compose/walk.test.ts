import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Route } from '#http/route.ts'
import { allRoutes } from '#http/routes/all-routes.ts'
import { ACTIONS, type Permission } from '#policy/action.ts'
import { type Binding, rolesAt } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import { AT_SERVER } from '#policy/place.ts'
import { ROLES, type Role } from '#policy/role.ts'
import { type Asker, type PlacesHouse, placesHouse } from '#test/support/places-house.ts'
import { aWalk, type Stop, type Walk } from '#test/support/walk.ts'

/** Somebody who walks: by what was given to them, each an actor of its own. */
interface Walker extends Asker {
  readonly bindings: readonly Binding[]
}

type Outcome = 'through' | 'denied' | 'absent'

let house: PlacesHouse
let walk: Walk
let walkers: {
  readonly [K in 'Organisation' | 'Project' | 'Environment' | 'Team' | 'Server']: readonly Walker[]
}
beforeAll(async () => {
  house = await placesHouse()
  walk = await aWalk(house)
  const at = async (kind: Binding['at']['kind'], id: string): Promise<readonly Walker[]> =>
    Promise.all(
      ROLES.filter((role) => kind === 'Organisation' || role !== 'member').map(async (role) => {
        const inAll = kind === 'Organisation' ? role : 'member'
        const given = kind === 'Organisation' ? [] : [{ role, at: { kind, id } }]
        const asker = await house.person(walk.ours, `${role}-${kind}`.toLowerCase(), inAll, given)
        const whole = { role: inAll, at: { kind: 'Organisation', id: walk.ours } } as const
        return { ...asker, bindings: [whole, ...given] }
      }),
    )
  walkers = {
    Organisation: await at('Organisation', walk.ours),
    Project: await at('Project', walk.project.id),
    Environment: await at('Environment', walk.environment),
    Team: await at('Team', walk.team),
    Server: await at('Server', 'server'),
  }
})
afterAll(() => house.close())

test('every route lets through whom the printed matrix says, at their own place and at no other', async () => {
  const holds = printedMatrix()
  const wrong: string[] = []
  const seen = new Map<Outcome, number>()
  const ask = async (route: Route, stop: Stop, walker: Walker) => {
    const wanted = expected(route, stop, walker, holds)
    const answer = await house.ask(walker, route.method, stop.path, stop.body?.())
    const outcome = outcomeOf(answer)
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
    if (outcome !== wanted || answer.status >= 500)
      wrong.push(
        `${walker.name}: ${route.method} ${route.path} at ${stop.name}: ${outcome} (${answer.status} ${answer.detail}), not ${wanted}`,
      )
    if (outcome === 'through') await stop.restore?.()
  }
  for (const route of allRoutes(15_000))
    for (const stop of walk.stopsOf(route)) {
      const asking = whoWalks(route)
      if (stop.restore === undefined) await Promise.all(asking.map((walker) => ask(route, stop, walker)))
      else for (const walker of asking) await ask(route, stop, walker)
    }
  expect(wrong).toEqual([])
  expect([...seen.values()].every((count) => count > 100) && seen.size === 3).toBe(true)
})

test('what is decided at the server is told so where it is explained', () => {
  const routes = allRoutes(15_000).filter(({ place }) => place === 'server')
  expect(routes.map(({ action }) => action).toSorted()).toEqual(AT_SERVER.toSorted())
})

/** The roles of the whole organisation and of one project everywhere; the others where their places are. */
function whoWalks(route: Route): readonly Walker[] {
  const nearer = {
    environment: walkers.Environment,
    team: walkers.Team,
    server: walkers.Server,
  } as Readonly<Record<string, readonly Walker[]>>
  return [...walkers.Organisation, ...walkers.Project, ...(nearer[route.place] ?? [])]
}

/** By docs/roles.md alone: who holds nothing of the kind is denied, who sees nothing there is told of nothing. */
function expected(
  { action, place: at }: Route,
  { place, isOurs, readBy }: Stop,
  { bindings }: Walker,
  holds: (role: Role | undefined, permission: Permission) => boolean,
): Outcome {
  const { permission } = ACTIONS[action]
  const anywhere = rolesAt(
    bindings.map(({ role }) => ({ role, at: EVERYWHERE })),
    { ...EVERYWHERE, within: [] },
  ).at(-1)
  if (!holds(anywhere, permission)) return 'denied'
  if (at === 'seen' || place === undefined) return 'through'
  if (!isOurs) return 'absent'
  const there = rolesAt(bindings, place).at(-1)
  if (action === 'team.remove' && there === 'admin' && isGivenToOwners(place)) return 'denied'
  if (readBy !== undefined && !holds(there, readBy)) return 'absent'
  return holds(there, permission) ? 'through' : 'denied'
}

/** One of those who walk is an owner at the team: nobody who is less takes that away. */
function isGivenToOwners({ id }: Place): boolean {
  return id === walk.team
}

const EVERYWHERE = { kind: 'Organisation', id: '' } as const satisfies Pick<Place, 'kind' | 'id'>

/** Whatever comes after the door was let through: that a task has nothing to approve says that one may. */
function outcomeOf({ status, code, detail = '' }: Awaited<ReturnType<PlacesHouse['ask']>>): Outcome {
  if (code === 'permission_denied') return 'denied'
  return status === 404 && NOT_THERE.test(detail) ? 'absent' : 'through'
}

const NOT_THERE =
  /^There is (?:no (?:project|environment|task|team|service account|open invitation|evidence for commit) |nobody)/

function printedMatrix(): (role: Role | undefined, permission: Permission) => boolean {
  const text = readFileSync(join(import.meta.dirname, '../../docs/roles.md'), 'utf8')
  const [titles = [], , ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const printed = new Map(rows.map((cells) => [cells[1]?.replaceAll('`', ''), cells]))
  return (role, permission) => {
    const cells = printed.get(permission)
    if (cells === undefined) throw new Error(`docs/roles.md has no ${permission}`)
    return role !== undefined && cells[titles.indexOf(role)] === '●'
  }
}
