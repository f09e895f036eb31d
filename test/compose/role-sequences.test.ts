import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Binding, rolesAt } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import { environmentPlace, organisationPlace, projectPlace, serverPlace, teamPlace } from '#policy/place.ts'
import { ROLES, type Role } from '#policy/role.ts'
import { personById } from '#store/people.ts'
import { projectById } from '#store/projects.ts'
import { bindingsOf } from '#store/role-bindings.ts'
import { type Asker, type PlacesHouse, placesHouse } from '#test/support/places-house.ts'

let house: PlacesHouse
beforeAll(async () => {
  house = await placesHouse()
  // With a second organisation only roles at the server count there.
  await house.organisation('Theirs')
})
afterAll(() => house.close())

const PEOPLE = ['owner', 'admin', 'projects', 'teams', 'member'] as const
const AT = ['server', 'organisation', 'team:0', 'team:1', 'project:0', 'project:1', 'environment'] as const

const step = fc.record({
  by: fc.constantFrom(...PEOPLE),
  what: fc.constantFrom('grant', 'grant', 'revoke', 'join', 'leave', 'move'),
  whom: fc.constantFrom(...PEOPLE, 'team:0', 'team:1'),
  role: fc.constantFrom(...ROLES),
  at: fc.constantFrom(...AT),
  team: fc.constantFrom(0, 1),
  waits: fc.constantFrom(0, 61, 61, 61),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

test('no sequence of grants, revocations, team joins and moves ends with a right that nobody who held it gave', async () => {
  let done = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 20 }), async (steps) => {
      const town = await aTown()
      for (const next of steps) {
        const before = await town.rights()
        house.wait(next.waits)
        if (!(await town.take(next))) continue
        done += 1
        const after = await town.rights()
        for (const [who, rights] of after)
          for (const [place, strongest] of rights) {
            const was = before.get(who)?.get(place) ?? -1
            if (strongest <= was) continue
            const given = before.get(next.by)?.get(place) ?? -1
            expect(
              given,
              `${JSON.stringify(next)} made ${who} ${ROLES[strongest]} at ${place}`,
            ).toBeGreaterThanOrEqual(strongest)
          }
        expect(
          [...after.values()].some((rights) => rights.get('organisation') === ROLES.indexOf('owner')),
        ).toBe(true)
      }
    }),
    { numRuns: 10 },
  )
  expect(done).toBeGreaterThan(10)
})

/** By person and place, the rank of the strongest role. */
type Rights = ReadonlyMap<string, ReadonlyMap<string, number>>

interface Town {
  rights(): Promise<Rights>
  /** True when it was done. */
  take(step: Step): Promise<boolean>
}

/** Five people, two projects, an environment, and two teams that look after nothing yet, of which one owns a project. */
async function aTown(): Promise<Town> {
  const organisation = await house.organisation('Ours')
  const owner = await house.person(organisation, 'owner', 'owner')
  const projects = [await house.project(organisation, 'one'), await house.project(organisation, 'two')]
  const ask = async (who: Asker, path: string, body: unknown) => {
    const answer = await house.ask(who, 'POST', path, body)
    if (answer.status >= 500) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return answer
  }
  const teams: string[] = []
  for (const name of ['zero', 'first']) teams.push((await ask(owner, '/v1/teams', { name })).body.id)
  const environment = (await ask(owner, '/v1/projects/one/environments', { name: 'live' })).body.id
  const ofTeam = { subject: { kind: 'team', reference: 'first' }, role: 'owner' }
  await ask(owner, '/v1/roles', { ...ofTeam, at: { kind: 'project', project: 'two' } })
  house.wait(61)
  const at = (kind: 'Project' | 'Team', id: string, role: Role): Binding => ({ role, at: { kind, id } })
  const people: Readonly<Record<string, Asker>> = {
    owner,
    admin: await house.person(organisation, 'admin', 'admin'),
    projects: await house.person(
      organisation,
      'projects',
      'viewer',
      projects.map(({ id }) => at('Project', id, 'owner')),
    ),
    teams: await house.person(organisation, 'teams', 'member', [
      at('Team', teams[0] ?? '', 'owner'),
      at('Team', teams[1] ?? '', 'admin'),
    ]),
    member: await house.person(organisation, 'member', 'member'),
  }
  const somebody = (name: string) => people[name] ?? owner

  const places = (): Promise<ReadonlyMap<string, Place>> =>
    house.store.inOrganisation(organisation, async (tx) => {
      const [one, two] = [
        await projectById(tx, projects[0]?.id ?? ''),
        await projectById(tx, projects[1]?.id ?? ''),
      ]
      const place = projectPlace(organisation, one?.id ?? '', one?.team)
      return new Map<string, Place>([
        ['server', serverPlace()],
        ['organisation', organisationPlace(organisation)],
        ...teams.map((id, index) => [`team:${index}`, teamPlace(organisation, id)] as const),
        ['project:0', place],
        ['project:1', projectPlace(organisation, two?.id ?? '', two?.team)],
        ['environment', environmentPlace(place, environment)],
      ])
    })

  return {
    async rights() {
      const all = await places()
      return house.store.inOrganisation(organisation, async (tx) => {
        const rights = new Map<string, Map<string, number>>()
        for (const [name, { id }] of Object.entries(people)) {
          const inAll = {
            role: (await personById(tx, id))?.role ?? 'member',
            at: { kind: 'Organisation', id: organisation },
          } as const
          const bindings = [inAll, ...(await bindingsOf(tx, id))]
          const ranks = [...all].map(
            ([place, where]) => [place, rolesAt(bindings, where).length - 1] as const,
          )
          rights.set(name, new Map(ranks))
        }
        return rights
      })
    },
    async take({ by, what, whom, role, at, team }) {
      const asker = somebody(by)
      const subject = whom.startsWith('team')
        ? { kind: 'team', reference: teams[Number(whom.at(-1))] }
        : { kind: 'person', reference: somebody(whom).id }
      const place = wireOf(at, teams)
      if (what === 'grant')
        return (await ask(asker, '/v1/roles', { subject, role, at: place })).status === 200
      if (what === 'revoke')
        return (await ask(asker, '/v1/role-revocations', { subject, at: place })).status === 200
      if (what === 'move') {
        const path = `/v1/projects/${at.endsWith('1') ? 'two' : 'one'}/team`
        return (await ask(asker, path, role === 'member' ? {} : { team: teams[team] })).status === 200
      }
      const member = whom.startsWith('team') ? people.member : somebody(whom)
      const path = `/v1/teams/${teams[team]}/members`
      if (what === 'join') return (await ask(asker, path, { reference: member?.id })).status === 200
      return (await house.ask(asker, 'DELETE', `${path}/${member?.id}`)).status === 204
    },
  }
}

function wireOf(at: (typeof AT)[number], teams: readonly string[]): unknown {
  const [kind, index] = at.split(':')
  if (kind === 'team') return { kind, team: teams[Number(index)] }
  if (kind === 'project') return { kind, project: index === '0' ? 'one' : 'two' }
  return kind === 'environment' ? { kind, project: 'one', environment: 'live' } : { kind }
}
