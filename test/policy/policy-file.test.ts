import { describe, expect, test } from 'vitest'
import { memberOf } from '#policy/actor.ts'
import { deltaOf } from '#policy/delta/delta.ts'
import { inWords } from '#policy/delta/words.ts'
import { organisationPlace } from '#policy/place.ts'
import { createPolicy } from '#policy/policy.ts'
import { readPolicyFile } from '#policy/policy-file.ts'

const NIGHT = `
@id("changes.at-night")
@reason("At night only small changes are approved.")
@remedy("Wait until six, or make the change smaller.")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context.hour < 6 && !(context has linesChanged && context.linesChanged <= 50) };
`
const INFRA = `
@id("infra.yes")
@reason("Infrastructure is confirmed.")
@remedy("Confirm it.")
@confirm("yes")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context has directories && context.directories.contains("infra") };
`
const EXAMPLES = `
- { name: large at noon, action: review.approve, as: maintainer, facts: { linesChanged: 51 }, expect: allow }
- { name: small at night, action: review.approve, as: maintainer, facts: { hour: 3, linesChanged: 50 }, expect: allow }
- { name: large at night, action: review.approve, as: maintainer, facts: { hour: 3, linesChanged: 51 }, expect: deny }
`
const INFRA_EXAMPLES = `
- { name: infra, action: review.approve, as: maintainer, facts: { directories: [infra] }, expect: confirm }
- { name: source, action: review.approve, as: maintainer, facts: { directories: [src] }, expect: allow }
- { name: autonomous, action: review.approve, as: owner, kind: system, expect: deny }
`

function rulesOf(text: string, examples: string) {
  const read = readPolicyFile({ name: 'own', text, examples })
  if (!read.ok) throw new Error(read.failure.message)
  return read.value.rules
}

describe('a policy file', () => {
  test('is read with its examples, which are true', () => {
    expect(rulesOf(NIGHT, EXAMPLES).map(({ name }) => name)).toEqual(['changes.at-night'])
    expect(rulesOf(INFRA, INFRA_EXAMPLES).map(({ confirm }) => confirm)).toEqual(['yes'])
  })

  test.each([
    ['no examples', NIGHT, '', 'own.examples.yaml:1: no example makes changes.at-night speak'],
    [
      'an example that is not true',
      NIGHT,
      `${EXAMPLES}- { name: wrong, action: review.approve, as: owner, facts: { hour: 5 }, expect: allow }`,
      'own.examples.yaml:5: `wrong` should be allow, and is deny: At night only small changes are approved.',
    ],
    [
      'a rule that no example makes speak',
      NIGHT + INFRA,
      EXAMPLES,
      'own.examples.yaml:1: no example makes infra.yes speak',
    ],
    [
      'nothing that is still allowed',
      NIGHT,
      '- { name: night, action: review.approve, as: owner, facts: { hour: 5 }, expect: deny }',
      'own.examples.yaml:1: no example shows what is still allowed',
    ],
    [
      'an action nobody knows',
      NIGHT,
      `${EXAMPLES}- { name: fly, action: task.fly, as: owner, expect: deny }`,
      'own.examples.yaml:5: action: names no action that policies have a say in; docs/roles.md lists them',
    ],
    [
      'an example about policies themselves',
      NIGHT,
      `${EXAMPLES}- { name: own, action: policy.set, as: owner, expect: deny }`,
      'own.examples.yaml:5: action: names no action that policies have a say in',
    ],
    [
      'a fact nobody knows',
      NIGHT,
      `${EXAMPLES}- name: fly\n  action: review.approve\n  as: owner\n  facts: { linez: 3 }\n  expect: deny`,
      'own.examples.yaml:8: facts: Unrecognized key: "linez"',
    ],
    [
      'roles as a fact',
      NIGHT,
      `- { name: fly, action: review.approve, as: owner, facts: { roles: [owner] }, expect: deny }`,
      'own.examples.yaml:1: facts: Unrecognized key: "roles"',
    ],
    ['examples that are no YAML', NIGHT, '\n- [', 'own.examples.yaml:2: '],
    [
      'a permit',
      '@id("all") @reason("x") permit(principal, action, resource);',
      '',
      'own.cedar: all is a permit, and policies only take away.',
    ],
    [
      'the name of a standing rule',
      NIGHT.replace('changes.at-night', 'review.not-own-change'),
      EXAMPLES,
      'own.cedar: review.not-own-change is the name of a standing rule.',
    ],
    [
      'a rule about policies',
      NIGHT.replace(
        'action == Airlock::Action::"review.approve"',
        'action in [Airlock::Action::"policies:set"]',
      ),
      EXAMPLES,
      'own.cedar: changes.at-night is about policies alone, over which policies have no say.',
    ],
  ])('with %s is refused, with file and line', (_, text, examples, message) => {
    const read = readPolicyFile({ name: 'own', text, examples })
    expect(read).toMatchObject({ ok: false, failure: { code: 'invalid_configuration' } })
    expect(read.ok ? '' : read.failure.message.slice(0, message.length)).toBe(message)
  })
})

describe('what a change of policies changes', () => {
  const night = rulesOf(NIGHT, EXAMPLES)
  const infra = rulesOf(INFRA, INFRA_EXAMPLES)

  test('is found by asking both, and said in plain words', () => {
    expect(inWords(deltaOf([], night))).toEqual([
      'This newly refuses review.approve to maintainer, admin, owner when hour is 5, and linesChanged is 51 or unknown (allowed before).',
      'Numbers stand for ranges: each was tried on both sides of what the policies name.',
    ])
    expect(inWords(deltaOf([...night, ...infra], night))).toEqual([
      'This newly allows review.approve to maintainer, admin, owner when directories is infra (to be confirmed before).',
    ])
    expect(inWords(deltaOf(night, [...night]))).toEqual([
      'This changes no answer to any question that was tried.',
    ])
  })

  test('names what is newly allowed first', () => {
    const lines = inWords(deltaOf(night, infra))
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' ')).slice(0, 2)).toEqual([
      'This newly allows',
      'This newly asks',
    ])
  })

  test('that depends on more than can be tried is told as such', () => {
    const many = Array.from({ length: 8 }, (_, index) => `context.files != ["f${index}"]`)
    const facts = ['hour', 'minute'].map((fact) => `context.${fact} != 7`)
    const optional = ['linesChanged', 'filesChanged', 'otherApprovers', 'autonomy'].map(
      (fact) => `context has ${fact} && context.${fact} != 7`,
    )
    const files = many.map((each) => `context has files && ${each}`)
    const text = `@id("a.b") @reason("x") @remedy("y")
forbid(principal, action, resource) when { ${[...facts, ...optional, ...files].join(' && ')} };`
    const rules = rulesOf(
      text,
      `- { name: all, action: task.list, as: viewer, facts: { linesChanged: 1, filesChanged: 1, autonomy: 1, files: [] }, expect: deny }
- { name: seven, action: task.list, as: viewer, facts: { hour: 7 }, expect: allow }`,
    )
    const delta = deltaOf([], rules)
    expect(delta.complete).toBe(false)
    expect(delta.questions).toBeGreaterThan(0)
  })
})

test('no rule shuts out those who change rules, and rules that cannot be read allow nothing else', () => {
  const rules = rulesOf(
    '@id("nothing.at-all") @reason("x") @remedy("y") forbid(principal, action, resource) unless { context.hour == 4 };',
    `- { name: noon, action: task.list, as: owner, expect: deny }
- { name: four, action: task.list, as: owner, facts: { hour: 4 }, expect: allow }`,
  )
  const surroundings = { clock: () => Date.parse('2026-02-02T12:00:00Z'), timeZone: 'UTC' }
  const owner = memberOf('org_a', { id: 'usr_a', name: 'Ada', email: 'ada@example.org' }, 'owner')
  const ask = (policy: ReturnType<typeof createPolicy>, action: 'policy.remove' | 'task.list') =>
    policy.decide({ actor: owner, action, place: organisationPlace('org_a'), facts: { otherApprovers: 0 } })
  const shut = createPolicy(rules, surroundings)
  expect([ask(shut, 'task.list').effect, ask(shut, 'policy.remove').effect]).toEqual(['deny', 'allow'])
  const broken = createPolicy([], surroundings, 'night.cedar:1: gone')
  expect(ask(broken, 'policy.remove').effect).toBe('allow')
  expect(ask(broken, 'task.list')).toMatchObject({
    effect: 'deny',
    rules: [
      { rule: 'policy.broken', reason: 'A policy could not be evaluated: night.cedar:1: gone' },
      { rule: 'role.viewer' },
    ],
  })
})
