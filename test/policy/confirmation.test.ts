import { expect, test } from 'vitest'
import { type Actor, memberOf } from '#policy/actor.ts'
import { readRules } from '#policy/cedar/read-rules.ts'
import { settle } from '#policy/confirmation.ts'
import type { Confirmed } from '#policy/confirmed.ts'
import { readConfirmation } from '#policy/confirmed.ts'
import { organisationPlace } from '#policy/place.ts'
import { createPolicy } from '#policy/policy.ts'

const ADA = memberOf('org_a', { id: 'usr_ada', name: 'Ada', email: 'ada@example.org' }, 'owner')

function aPolicy(text: string) {
  const read = readRules(text, 'test')
  if (!read.ok) throw new Error(read.failure.message)
  return createPolicy(read.value, { clock: () => 0, timeZone: 'UTC' })
}

const rule = (id: string, confirm: string, when = 'true') =>
  `@id("${id}") @reason("A reason.") @remedy("A remedy.") ${confirm === '' ? '' : `@confirm("${confirm}")`}
   forbid(principal, action == Airlock::Action::"key.create", resource) when { ${when} };`

const question = (actor: Actor) =>
  ({ actor, action: 'key.create', place: organisationPlace('org_a'), facts: {} }) as const

function asked(policy: ReturnType<typeof aPolicy>, confirmed?: Confirmed) {
  const own = question(confirmed === undefined ? ADA : { ...ADA, confirmed })
  return settle(policy.decide(own), own, policy.version)
}

test('a second factor is asked for, and nothing less is taken for it', () => {
  const policy = aPolicy(`${rule('a', 'yes')} ${rule('b', 'second-factor')}`)
  const refused = asked(policy)
  expect(refused).toMatchObject({
    ok: false,
    failure: { code: 'confirmation_needed', details: { method: 'second-factor' } },
  })
  for (const confirmed of [{ method: 'yes' }, { method: 'code', code: '000000' }] as const)
    expect(asked(policy, confirmed)).toEqual(refused)
  expect(asked(policy, { method: 'second-factor' }).ok).toBe(true)
})

test('a second factor also says yes; it does not say that the very question was seen', () => {
  expect(asked(aPolicy(rule('a', 'yes')), { method: 'second-factor' }).ok).toBe(true)
  expect(asked(aPolicy(rule('a', 'code')), { method: 'second-factor' })).toMatchObject({
    ok: false,
    failure: { details: { method: 'code' } },
  })
})

test('rules see that it was proven, and what was decided with it is not remembered for who did not', () => {
  const policy = aPolicy(rule('a', '', '!(context has secondFactor && context.secondFactor)'))
  expect(asked(policy, { method: 'second-factor' }).ok).toBe(true)
  expect(asked(policy)).toMatchObject({ ok: false, failure: { code: 'permission_denied', rule: 'a' } })
  expect(asked(policy, { method: 'yes' }).ok).toBe(false)
})

test('no words stand for it', () => {
  for (const text of ['totp 123456', 'second-factor', 'Second-Factor', 'yes ', 'code 12345', ''])
    expect(readConfirmation(text)).toBeUndefined()
})
