import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memberOf } from '#policy/actor.ts'
import { createEngine } from '#policy/cedar/engine.ts'
import { roleRules } from '#policy/cedar/role-rules.ts'
import { STANDING_RULES } from '#policy/cedar/standing-rules.ts'
import { settle } from '#policy/confirmation.ts'
import { decide } from '#policy/decide.ts'
import { deltaOf } from '#policy/delta/delta.ts'
import { inWords } from '#policy/delta/words.ts'
import { readOrganisationRules } from '#policy/organisation-rules.ts'
import { projectPlace } from '#policy/place.ts'
import { weigh } from '#policy/quorum.ts'
import { approvalRule } from '#test/support/quorum-house.ts'

const DAY = 24 * 60 * 60
const NOON = { hour: 12, minute: 0, weekday: 'monday' } as const

function rulesOf(...texts: readonly string[]) {
  const read = readOrganisationRules(texts.join('\n'), 'own.cedar')
  if (!read.ok) throw new Error(read.failure.message)
  return read.value
}

function asked(...texts: readonly string[]) {
  const question = {
    actor: memberOf('org_1', { id: 'usr_1', name: 'Ada', email: 'ada@example.test' }, 'maintainer'),
    action: 'review.approve',
    place: projectPlace('org_1', 'prj_1'),
    facts: { requestedByActor: false, otherApprovers: 2 },
  } as const
  const engine = createEngine([...STANDING_RULES, ...roleRules(), ...rulesOf(...texts)])
  const decision = decide(engine, question, NOON)
  return { decision, settled: settle(decision, question, 'v') }
}

describe('a rule that asks for approvals', () => {
  test.each([
    ['@approvals("2")', { count: 2, withinSeconds: 7 * DAY }],
    ['@approvals("1") @by("admin")', { count: 1, by: 'admin', withinSeconds: 7 * DAY }],
    [
      '@approvals("20") @by("code-owners") @within("30m")',
      { count: 20, by: 'code-owners', withinSeconds: 1800 },
    ],
  ])('%s is read', (annotations, need) => {
    expect(rulesOf(approvalRule('own', annotations))[0]).toMatchObject({ approvals: need })
  })

  test.each([
    ['@approvals("0")', '@approvals takes a number from 1 to 20'],
    ['@approvals("21")', '@approvals takes a number from 1 to 20'],
    ['@approvals("two")', '@approvals takes a number from 1 to 20'],
    ['@approvals', '@approvals takes a number from 1 to 20'],
    ['@by("admin")', '@by and @within mean nothing without @approvals'],
    ['@within("1h")', '@by and @within mean nothing without @approvals'],
    ['@approvals("2") @by("developer")', '@by takes one of maintainer, admin, owner, code-owners'],
    ['@approvals("2") @within("1w")', '@within takes a time such as 30m, 24h or 7d, up to 365d'],
    ['@approvals("2") @within("366d")', '@within takes a time such as 30m, 24h or 7d, up to 365d'],
    ['@approvals("2") @wihtin("1h")', '@wihtin means nothing beside @approvals'],
    ['@approvals("2") @confirm("yes")', '@confirm means nothing beside @approvals'],
  ])('%s is refused', (annotations, why) => {
    const read = readOrganisationRules(approvalRule('own', annotations), 'own.cedar')
    expect(read).toMatchObject({ ok: false, failure: { code: 'invalid_configuration' } })
    expect(read.ok ? '' : read.failure.message).toContain(why)
  })

  test('asks for them of changes alone', () => {
    const all = approvalRule('own', '@approvals("2")').replace(
      'action == Airlock::Action::"review.approve"',
      'action',
    )
    const read = readOrganisationRules(all, 'own.cedar')
    expect(read.ok ? '' : read.failure.message).toBe(
      'own.cedar: own asks for approvals of something else than a change.',
    )
  })

  test('is a question, which other people answer; what each is to confirm themselves comes first', () => {
    const two = approvalRule('own.two', '@approvals("2") @within("24h")')
    const yes = approvalRule('own.yes', '@confirm("yes")')
    const approvals = [{ rule: 'own.two', reason: 'It takes more.', count: 2, withinSeconds: DAY }]
    expect(asked(two)).toMatchObject({
      decision: { effect: 'confirm', confirm: 'other-person', approvals },
      settled: { ok: true },
    })
    expect(asked(two, yes)).toMatchObject({
      decision: { effect: 'confirm', confirm: 'yes', approvals },
      settled: { ok: false, failure: { code: 'confirmation_needed', details: { method: 'yes' } } },
    })
    expect(asked(two, approvalRule('own.no', ''))).toMatchObject({
      decision: { effect: 'deny' },
      settled: { ok: false, failure: { rule: 'own.no' } },
    })
  })

  test('another person who is to confirm an approval is a second one who approves', () => {
    expect(asked(approvalRule('own.two', '@confirm("other-person")')).decision.approvals).toEqual([
      { rule: 'own.two', reason: 'It takes more.', count: 2, withinSeconds: 7 * DAY },
    ])
  })

  test('that is changed is said to change, in plain words', () => {
    const two = rulesOf(approvalRule('own', '@approvals("2")'))
    const one = rulesOf(approvalRule('own', '@approvals("1") @by("admin") @within("90m")'))
    const people = 'review.approve to maintainer, admin, owner'
    const admin = '1 approval by admins, none older than 90 minutes'
    expect(inWords(deltaOf([], two))).toEqual([
      `This newly asks for 2 approvals, none older than 7 days, before it allows ${people} (allowed before).`,
    ])
    expect(inWords(deltaOf(two, one))).toEqual([
      `This newly asks for ${admin}, before it allows ${people} (after 2 approvals, none older than 7 days, before).`,
    ])
    expect(inWords(deltaOf(two, []))).toEqual([
      `This newly allows ${people} (after 2 approvals, none older than 7 days, before).`,
    ])
    const yes = rulesOf(approvalRule('own', '@confirm("yes")'))
    const code = rulesOf(approvalRule('own', '@confirm("code")'))
    expect(inWords(deltaOf(code, yes))).toEqual([
      `This newly asks to confirm with yes ${people} (to be confirmed with code before).`,
    ])
  })
})

const person = fc.constantFrom('ada', 'mia', 'max')
const standing = fc.record({
  person,
  role: fc.constantFrom(undefined, 'maintainer' as const, 'admin' as const),
  ageInSeconds: fc.constantFrom(0, 50, 100, Number.POSITIVE_INFINITY),
})
const claim = fc.record(
  {
    rule: fc.constant('own'),
    reason: fc.constant(''),
    needed: fc.integer({ min: 1, max: 3 }),
    withinSeconds: fc.constantFrom(10, 60, 100),
    by: fc.oneof(
      fc.constantFrom('maintainer' as const, 'admin' as const),
      fc.record({
        owners: fc.constant(['@x']),
        people: fc.uniqueArray(person),
        paths: fc.constant(['a']),
      }),
    ),
  },
  { requiredKeys: ['rule', 'reason', 'needed', 'withinSeconds'] },
)

test('nobody counts twice, nobody counts who does not fit or is late, and one more never makes it fewer', () => {
  fc.assert(
    fc.property(fc.array(claim), fc.array(standing), standing, (claims, given, another) => {
      for (const { claim, counted, missing } of weigh(claims, given)) {
        expect(new Set(counted).size).toBe(counted.length)
        expect(missing).toBe(Math.max(0, claim.needed - counted.length))
        for (const id of counted) {
          const fits = given.some(
            (each) =>
              each.person === id &&
              each.ageInSeconds <= claim.withinSeconds &&
              (typeof claim.by !== 'object' || claim.by.people.includes(id)) &&
              (claim.by !== 'admin' || each.role === 'admin') &&
              (claim.by !== 'maintainer' || each.role !== undefined),
          )
          expect(fits).toBe(true)
        }
      }
      const more = weigh(claims, [...given, another])
      weigh(claims, given).forEach((before, index) => {
        expect(more[index]?.counted).toEqual(expect.arrayContaining([...before.counted]))
      })
    }),
  )
})
