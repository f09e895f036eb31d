/**
 * How long a decision takes: six kinds of actors, every action of the catalogue, and a hundred attribute policies beside
 * the standing ones; asked for the first time, asked again, and Cedar alone with the very same policies.
 *
 *     node bench/decide.ts [rounds]
 */
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import { readRules } from '#policy/cedar/read-rules.ts'
import { projectPlace } from '#policy/place.ts'
import { createPolicy } from '#policy/policy.ts'
import { ROLES } from '#policy/role.ts'
import { report } from './rig/table.ts'
import { at } from './rig/timing.ts'

const AIM_COLD = 1.2
const AIM_WARM_MICROSECONDS = 20
const rounds = Number(process.argv[2] ?? 4)

const read = readRules(Array.from({ length: 100 }, (_, index) => attributePolicy(index)).join('\n'), 'bench')
if (!read.ok) throw new Error(read.failure.message)
let now = Date.parse('2026-02-02T12:00:00Z')
const policy = createPolicy(read.value, { clock: () => now, timeZone: 'Europe/Berlin' })
const raw = rawCedar()
const times = { raw: [] as number[], cold: [] as number[], warm: [] as number[] }
for (let round = -1; round < rounds; round++) {
  now += 60_000 // another minute: nothing that was remembered fits
  for (const question of questions()) {
    const [cedar, cold, warm] = [
      () => raw(question.actor, question.action),
      () => policy.decide(question),
      () => policy.decide(question),
    ].map(microseconds)
    if (round < 0) continue // warming up
    times.raw.push(cedar ?? 0)
    times.cold.push(cold ?? 0)
    times.warm.push(warm ?? 0)
  }
}
for (const [name, values] of Object.entries(times))
  console.log(
    `${name.padEnd(5)} p50 ${at(values, 0.5).toFixed(1)} µs   p99 ${at(values, 0.99).toFixed(1)} µs`,
  )
const cold = at(times.cold, 0.5) / at(times.raw, 0.5)
const warm = at(times.warm, 0.5) / AIM_WARM_MICROSECONDS
report({
  what: 'decision, asked first',
  ratio: cold,
  to: 'Cedar alone',
  aim: `at most ${AIM_COLD}`,
  met: cold <= AIM_COLD,
})
report({
  what: 'decision, asked again',
  ratio: warm,
  to: `${AIM_WARM_MICROSECONDS} µs`,
  aim: 'at most 1',
  met: warm <= 1,
})
console.log(
  `cold ${cold.toFixed(2)} of Cedar alone (aim: at most ${AIM_COLD}), warm ${warm.toFixed(2)} of ${AIM_WARM_MICROSECONDS} µs (aim: at most 1)`,
)

function* questions() {
  const facts = {
    requestedByActor: false,
    otherApprovers: 2,
    readsServerFiles: false,
    linesChanged: 20,
    directories: ['src', 'src/billing'],
  }
  for (const role of [...ROLES, 'system'] as const) {
    const person = { id: `usr_${role}`, name: role, email: `${role}@example.org` }
    const actor: Actor =
      role === 'system'
        ? { ...memberOf('org_a', person, 'developer'), kind: 'System' }
        : memberOf('org_a', person, role)
    for (const action of Object.keys(ACTIONS) as ActionName[])
      yield { actor, action, place: projectPlace('org_a', 'prj_1'), facts }
  }
}

function attributePolicy(index: number): string {
  return `@id("bench.${index}") @reason("A policy.") @remedy("Change something.")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context has directories && context.directories.contains("area${index}") && context.hour < ${index % 24} };`
}

/** One call of Cedar with the same policies, entities and context: what a decision cannot be faster than. */
function rawCedar() {
  const staticPolicies = Object.fromEntries(policy.engine.rules.map(({ name, text }) => [name, text]))
  preparsePolicySet('raw', { staticPolicies })
  return ({ person, kind, role }: Actor, action: ActionName) => {
    const uid = (type: string, id: string) => ({ type: `Airlock::${type}`, id })
    const within = [uid('Organisation', 'org_a'), uid('Server', 'server')]
    statefulIsAuthorized({
      principal: uid(kind, person.id),
      action: uid('Action', action),
      resource: uid('Project', 'prj_1'),
      context: {
        roles: ROLES.slice(0, ROLES.indexOf(role) + 1),
        ...{
          risk: 'low',
          riskRank: 0,
          channel: 'api',
          provenance: 'person',
          hour: 13,
          minute: 0,
          weekday: 'monday',
        },
        ...{
          requestedByActor: false,
          otherApprovers: 2,
          readsServerFiles: false,
          linesChanged: 20,
          directories: ['src', 'src/billing'],
        },
      },
      validateRequest: false,
      preparsedPolicySetId: 'raw',
      entities: [
        { uid: uid(kind, person.id), attrs: { organisation: 'org_a' }, parents: [] },
        { uid: uid('Project', 'prj_1'), attrs: { organisation: 'org_a' }, parents: within },
        { uid: uid('Action', action), attrs: {}, parents: [uid('Action', ACTIONS[action].permission)] },
      ],
    })
  }
}

function microseconds(work: () => unknown): number {
  const start = performance.now()
  work()
  return (performance.now() - start) * 1000
}
