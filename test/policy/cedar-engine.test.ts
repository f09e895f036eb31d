import { expect, test } from 'vitest'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import { type Binding, rolesAt } from '#policy/binding.ts'
import { type CedarQuestion, createEngine, type Place } from '#policy/cedar/engine.ts'
import { FACTS, type Facts } from '#policy/cedar/facts.ts'
import { readRules } from '#policy/cedar/read-rules.ts'
import { roleRules } from '#policy/cedar/role-rules.ts'
import { cedarSchema } from '#policy/cedar/schema.ts'
import { holds, ROLES } from '#policy/role.ts'

const PLACE: Place = {
  kind: 'Project',
  id: 'prj_1',
  organisation: 'org_1',
  within: [
    { kind: 'Organisation', id: 'org_1' },
    { kind: 'Server', id: 'server' },
  ],
}

const USUAL: Facts = {
  roles: [],
  risk: 'low',
  riskRank: 0,
  channel: 'cli',
  provenance: 'person',
  hour: 12,
  minute: 0,
  weekday: 'monday',
}

function question(action: ActionName, facts: Partial<Facts> = {}): CedarQuestion {
  const principal = { kind: 'User', id: 'usr_1', organisation: 'org_1' } as const
  return { principal, action, place: PLACE, facts: { ...USUAL, ...facts } }
}

function rulesOf(text: string) {
  const read = readRules(text, 'test.cedar')
  if (!read.ok) throw new Error(read.failure.message)
  return read.value
}

const INFRA = `
@id("infra.admins-only")
@reason("Infrastructure is changed by administrators.")
@remedy("Ask an admin to approve it, or leave infra/ out.")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context has directories && context.directories.contains("infra") && !context.roles.contains("owner") };`

test('the matrix of roles is what Cedar answers, for every role and action', () => {
  const engine = createEngine(roleRules())
  for (const [index, role] of ROLES.entries())
    for (const [name, { permission }] of Object.entries(ACTIONS)) {
      const answer = engine.ask(question(name as ActionName, { roles: ROLES.slice(0, index + 1) }))
      expect({ role, name, allowed: answer.permits.length > 0 }).toEqual({
        role,
        name,
        allowed: holds(role, permission),
      })
    }
})

test('a forbid is told by its name, together with the permit that it beats', () => {
  const engine = createEngine([...roleRules(), ...rulesOf(INFRA)])
  const roles = ['viewer', 'developer', 'maintainer'] as const
  const names = (facts: Partial<Facts>) => {
    const { permits, forbids, errors } = engine.ask(question('review.approve', { roles, ...facts }))
    return { permits: permits.map(({ name }) => name), forbids: forbids.map(({ name }) => name), errors }
  }
  expect(names({ directories: ['infra', 'infra/prod'] })).toEqual({
    permits: ['role.maintainer'],
    forbids: ['infra.admins-only'],
    errors: [],
  })
  expect(names({ directories: ['src'] })).toEqual({ permits: ['role.maintainer'], forbids: [], errors: [] })
  expect(names({})).toEqual({ permits: ['role.maintainer'], forbids: [], errors: [] })
})

test('the version names the rules, whatever their order', () => {
  const rules = [...roleRules(), ...rulesOf(INFRA)]
  expect(createEngine(rules.toReversed()).version).toBe(createEngine(rules).version)
  expect(createEngine(rules.slice(1)).version).not.toBe(createEngine(rules).version)
})

test.each([
  ['text that is no policy', 'permit(', /unexpected/i],
  ['a policy without a name', '@reason("x") permit(principal, action, resource);', /no good name/],
  ['a policy without a reason', '@id("a") permit(principal, action, resource);', /gives no reason/],
  ['a forbid without a way out', '@id("a") @reason("x") forbid(principal, action, resource);', /no way out/],
  [
    'two of one name',
    '@id("a") @reason("x") permit(principal, action, resource); '.repeat(2),
    /Two policies/,
  ],
  ['a template', '@id("a") @reason("x") permit(principal == ?principal, action, resource);', /template/],
  [
    'a permit to be confirmed',
    '@id("a") @reason("x") @confirm("code") permit(principal, action, resource);',
    /confirmed/,
  ],
  [
    'an unknown action',
    '@id("a") @reason("x") permit(principal, action == Airlock::Action::"task.fly", resource);',
    /task\.fly/,
  ],
  [
    'an unknown fact',
    '@id("a") @reason("x") permit(principal, action, resource) when { context.linez == 1 };',
    /linez/,
  ],
  [
    'a fact that may be absent and is not asked for',
    '@id("a") @reason("x") permit(principal, action, resource) when { context.linesChanged < 50 };',
    /linesChanged/,
  ],
])('%s is refused with what is wrong', (_, text, words) => {
  const read = readRules(text, 'own.cedar')
  expect(read).toMatchObject({ ok: false, failure: { code: 'invalid_configuration', rule: 'policy.text' } })
  expect(read.ok ? '' : read.failure.message).toMatch(words)
  expect(read.ok ? '' : read.failure.message).toMatch(/^own\.cedar:1: /)
})

test('the schema has every action, permission and fact', () => {
  const schema = cedarSchema()
  for (const [name, { permission }] of Object.entries(ACTIONS)) {
    expect(schema).toContain(`action "${name}" in ["${permission}"]`)
    expect(schema).toContain(`action "${permission}";`)
  }
  for (const name of Object.keys(FACTS)) expect(schema).toMatch(new RegExp(`\\b${name}\\??: `))
})

test('a role counts at its place and within, and nowhere else', () => {
  const at = (kind: Binding['at']['kind'], id: string, role: Binding['role']): Binding => ({
    role,
    at: { kind, id },
  })
  expect(rolesAt([at('Organisation', 'org_1', 'developer')], PLACE)).toEqual([
    'member',
    'viewer',
    'developer',
  ])
  expect(
    rolesAt([at('Project', 'prj_1', 'maintainer'), at('Server', 'server', 'viewer')], PLACE).at(-1),
  ).toBe('maintainer')
  expect(rolesAt([at('Organisation', 'org_2', 'owner'), at('Project', 'prj_2', 'owner')], PLACE)).toEqual([])
  expect(rolesAt([at('Organisation', 'prj_1', 'owner')], PLACE)).toEqual([])
})
