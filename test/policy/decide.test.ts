import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS, type ActionName, DECIDED_WITHIN } from '#policy/action.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import { readRules } from '#policy/cedar/read-rules.ts'
import { STANDING_RULES } from '#policy/cedar/standing-rules.ts'
import { type DecisionFacts, decideAtDoor, refusalOf } from '#policy/decide.ts'
import { organisationPlace, projectPlace } from '#policy/place.ts'
import { createPolicy } from '#policy/policy.ts'
import { holds, ROLES, type Role } from '#policy/role.ts'

const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[]

const NOON_OF_A_MONDAY = Date.parse('2026-02-02T12:00:00Z')
const SURROUNDINGS = { clock: () => NOON_OF_A_MONDAY, timeZone: 'Europe/Berlin' }
const POLICY = createPolicy([], SURROUNDINGS)

function ruled(text: string) {
  const rules = readRules(text, 'own.cedar')
  if (!rules.ok) throw new Error(rules.failure.message)
  return createPolicy(rules.value, SURROUNDINGS)
}

function actor(role: Role, id = 'usr_a'): Actor {
  return memberOf('org_a', { id, name: 'Ada', email: 'ada@example.org' }, role)
}

describe('roles', () => {
  test('each role holds everything the weaker ones hold, and the matrix is what we think it is', () => {
    const least = Object.fromEntries(
      ACTION_NAMES.map((name) => [name, ROLES.find((role) => holds(role, ACTIONS[name].permission))]),
    )
    expect(least).toMatchInlineSnapshot(`
      {
        "audit.checkpoint": "maintainer",
        "audit.export": "maintainer",
        "audit.list": "maintainer",
        "budget.list": "developer",
        "budget.raise": "maintainer",
        "budget.set": "admin",
        "evidence.attach": "maintainer",
        "evidence.show": "viewer",
        "guard.command": "viewer",
        "guard.text": "viewer",
        "identity-provider.create": "owner",
        "identity-provider.list": "admin",
        "identity-provider.remove": "owner",
        "identity.show": "viewer",
        "invitation.list": "maintainer",
        "invitation.revoke": "admin",
        "key.create": "viewer",
        "key.list": "viewer",
        "key.revoke": "viewer",
        "person.create": "admin",
        "person.invite": "admin",
        "person.list": "maintainer",
        "person.remove": "admin",
        "policy.explain": "viewer",
        "policy.list": "viewer",
        "policy.preview": "maintainer",
        "policy.remove": "owner",
        "policy.replay": "maintainer",
        "policy.set": "owner",
        "policy.show": "viewer",
        "project.create": "maintainer",
        "project.egress": "viewer",
        "project.list": "viewer",
        "project.models": "maintainer",
        "project.narrow": "maintainer",
        "project.widen": "maintainer",
        "provider.create": "admin",
        "provider.list": "developer",
        "provider.order": "admin",
        "provider.remove": "admin",
        "review.approve": "maintainer",
        "review.justify": "maintainer",
        "review.reject": "developer",
        "review.select": "developer",
        "sandbox.destroy": "developer",
        "sandbox.inspect": "developer",
        "secret.list": "maintainer",
        "secret.remove": "owner",
        "secret.set": "owner",
        "server.status": "viewer",
        "service-account.create": "admin",
        "service-account.list": "maintainer",
        "service-account.remove": "admin",
        "task.cancel": "developer",
        "task.diff": "viewer",
        "task.egress": "viewer",
        "task.list": "viewer",
        "task.narrow": "maintainer",
        "task.retry": "developer",
        "task.show": "viewer",
        "task.submit": "developer",
        "task.watch": "viewer",
        "task.widen": "maintainer",
      }
    `)
    for (const name of ACTION_NAMES) {
      const held = ROLES.map((role) => holds(role, ACTIONS[name].permission))
      expect(held).toEqual(held.toSorted())
    }
  })

  test('a role nobody knows holds nothing', () => {
    expect(decideAtDoor(actor('root' as Role), 'task.list').effect).toBe('deny')
  })
})

describe('decide', () => {
  test.each([
    ['owner', true, 'allow'],
    ['maintainer', true, 'deny'],
    ['maintainer', false, 'allow'],
    ['developer', false, 'deny'],
    ['maintainer', undefined, 'deny'],
  ] as const)(
    "connecting a repository as %s, through the server's own files: %s, is %s",
    (role, files, effect) => {
      const facts = files === undefined ? {} : { readsServerFiles: files }
      const decision = POLICY.decide({
        actor: actor(role),
        action: 'project.create',
        place: organisationPlace('org_a'),
        facts,
      })
      expect(decision.effect).toBe(effect)
    },
  )

  test('says every rule that spoke', () => {
    expect(
      POLICY.decide({
        actor: actor('viewer'),
        action: 'review.approve',
        place: projectPlace('org_b', 'prj_1'),
        facts: { requestedByActor: true, otherApprovers: 1 },
      }),
    ).toEqual({
      effect: 'deny',
      risk: 'high',
      rules: [
        { rule: 'organisation.boundary', effect: 'deny', reason: 'This belongs to another organisation.' },
        {
          rule: 'review.not-own-change',
          effect: 'deny',
          reason: 'Whoever asked for a change does not approve it when somebody else could.',
        },
        {
          rule: 'role',
          effect: 'deny',
          reason: 'This needs the permission reviews:approve, and you have no role here.',
        },
      ],
      smallestChange: 'Sign in as a member of that organisation.',
    })
  })

  const approval = (facts: DecisionFacts) =>
    POLICY.decide({
      actor: actor('owner'),
      action: 'review.approve',
      place: projectPlace('org_a', 'prj_1'),
      facts,
    })

  test('the only person who could approve may approve what they asked for', () => {
    expect(approval({ requestedByActor: true, otherApprovers: 0 }).effect).toBe('allow')
  })

  test('with two people who could approve, whoever asked may not', () => {
    const decision = approval({ requestedByActor: true, otherApprovers: 1 })
    expect(refusalOf(decision)).toEqual({
      code: 'self_approval',
      message: 'Whoever asked for a change does not approve it when somebody else could.',
      rule: 'review.not-own-change',
      remedy: 'Ask another maintainer or owner to review it.',
    })
  })

  test('another maintainer may approve', () => {
    expect(approval({ requestedByActor: false, otherApprovers: 1 }).effect).toBe('allow')
  })

  test('an absent fact is a denial', () => {
    expect(approval({ otherApprovers: 0 }).effect).toBe('deny')
    expect(approval({ requestedByActor: false }).effect).toBe('deny')
    expect(approval({}).rules[0]?.rule).toBe('review.known-requester')
  })

  test('the strictest rule wins for every question, and the door lets nobody in whom the room would not', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ROLES),
        fc.constantFrom(...ACTION_NAMES),
        fc.constantFrom('org_a', 'org_b'),
        fc.option(fc.boolean(), { nil: undefined }),
        fc.option(fc.nat(3), { nil: undefined }),
        (role, action, organisation, requestedByActor, otherApprovers) => {
          const facts = {
            ...(requestedByActor === undefined ? {} : { requestedByActor }),
            ...(otherApprovers === undefined ? {} : { otherApprovers }),
          }
          const place = projectPlace(organisation, 'prj_1')
          const decision = POLICY.decide({ actor: actor(role), action, place, facts })
          const denied = decision.rules.some((rule) => rule.effect === 'deny')
          expect(decision.effect).toBe(denied ? 'deny' : 'allow')
          expect(decision.rules.length).toBeGreaterThan(0)
          if (organisation === 'org_b') expect(decision.effect).toBe('deny')
          if (decideAtDoor(actor(role), action).effect === 'deny') expect(decision.effect).toBe('deny')
        },
      ),
    )
  })
})

describe('giving roles', () => {
  const may = (by: Role, action: 'person.create' | 'person.remove', givenRole?: Role) =>
    POLICY.decide({
      actor: actor(by),
      action,
      place: organisationPlace('org_a'),
      facts: givenRole === undefined ? {} : { givenRole },
    }).effect === 'allow'

  test('an admin adds and removes people below admins, an owner anybody, and everybody else nobody', () => {
    for (const action of ['person.create', 'person.remove'] as const) {
      const given = Object.fromEntries(ROLES.map((by) => [by, ROLES.filter((role) => may(by, action, role))]))
      expect(given).toEqual({
        viewer: [],
        developer: [],
        maintainer: [],
        admin: ['viewer', 'developer', 'maintainer'],
        owner: [...ROLES],
      })
      expect(ROLES.filter((by) => may(by, action))).toEqual([])
    }
  })

  test('no sequence of gifts ends with a right that nobody who held it gave', () => {
    const gift = fc.record({
      from: fc.nat(20),
      role: fc.constantFrom(...ROLES),
    })
    fc.assert(
      fc.property(fc.constantFrom(...ROLES), fc.array(gift, { maxLength: 20 }), (first, gifts) => {
        const people: Role[] = [first]
        for (const { from, role } of gifts) {
          const by = people[from % people.length] ?? first
          if (may(by, 'person.create', role)) people.push(role)
        }
        const strongest = Math.max(...people.map((role) => ROLES.indexOf(role)))
        expect(strongest).toBe(ROLES.indexOf(first))
        if (first !== 'owner')
          expect(people.filter((role) => role === 'admin').length).toBe(first === 'admin' ? 1 : 0)
      }),
    )
  })
})

describe('an organisation that writes policies', () => {
  const NIGHT = `
@id("changes.at-night")
@reason("At night only small changes are approved.")
@remedy("Wait until six, or make the change smaller.")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context.hour < 6 && context has linesChanged && context.linesChanged > 50 };

@id("infra.second-factor")
@reason("Infrastructure is approved with a second factor.")
@remedy("Confirm it with the code of your authenticator.")
@confirm("second-factor")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context has directories && context.directories.contains("infra") }
unless { context has secondFactor && context.secondFactor };`
  const asked = (facts: DecisionFacts, clock = NOON_OF_A_MONDAY, role: Role = 'maintainer') => {
    const rules = readRules(NIGHT, 'own.cedar')
    if (!rules.ok) throw new Error(rules.failure.message)
    return createPolicy(rules.value, { ...SURROUNDINGS, clock: () => clock }).decide({
      actor: actor(role),
      action: 'review.approve',
      place: projectPlace('org_a', 'prj_1'),
      facts: { requestedByActor: false, otherApprovers: 1, ...facts },
    })
  }

  test('has it asked at the time of its own clock', () => {
    const threeInBerlin = Date.parse('2026-02-02T02:00:00Z')
    expect(asked({ linesChanged: 51 }).effect).toBe('allow')
    expect(asked({ linesChanged: 51 }, threeInBerlin)).toMatchObject({
      effect: 'deny',
      smallestChange: 'Wait until six, or make the change smaller.',
    })
    expect(asked({ linesChanged: 50 }, threeInBerlin).effect).toBe('allow')
  })

  test('is not answered from memory once the clock has moved', () => {
    const rules = readRules(NIGHT, 'own.cedar')
    if (!rules.ok) throw new Error(rules.failure.message)
    let now = NOON_OF_A_MONDAY
    const policy = createPolicy(rules.value, { ...SURROUNDINGS, clock: () => now })
    const question = {
      actor: actor('maintainer'),
      action: 'review.approve',
      place: projectPlace('org_a', 'prj_1'),
      facts: { requestedByActor: false, otherApprovers: 1, linesChanged: 51 },
    } as const
    const effects = [0, 0, 12, 12, 24].map((hours) => {
      now = NOON_OF_A_MONDAY + hours * 3_600_000
      return policy.decide(question).effect
    })
    expect(effects).toEqual(['allow', 'allow', 'deny', 'deny', 'allow'])
    expect(policy.decide({ ...question, actor: actor('viewer') }).effect).toBe('deny')
    expect(policy.decide({ ...question, facts: { ...question.facts, requestedByActor: true } }).effect).toBe(
      'deny',
    )
  })

  test('may ask for a confirmation, which lifts that rule and no other', () => {
    expect(asked({ directories: ['infra'] })).toMatchObject({ effect: 'confirm', confirm: 'second-factor' })
    expect(asked({ directories: ['infra'], secondFactor: true }).effect).toBe('allow')
    expect(asked({ directories: ['infra'] }, NOON_OF_A_MONDAY, 'viewer').effect).toBe('deny')
  })

  test('cannot lift what stands', () => {
    const generous = ruled(
      '@id("all") @reason("Everybody may do everything.") permit(principal, action, resource);',
    )
    const question = {
      actor: actor('viewer'),
      action: 'review.approve',
      facts: { requestedByActor: true, otherApprovers: 1 },
    } as const
    expect(generous.decide({ ...question, place: projectPlace('org_a', 'prj_1') })).toMatchObject({
      effect: 'deny',
      rules: [{ rule: 'review.not-own-change' }, { rule: 'all', effect: 'allow' }],
    })
    expect(generous.decide({ ...question, place: projectPlace('org_b', 'prj_1') }).effect).toBe('deny')
  })

  test('a key that was made for less stays narrow', () => {
    const narrow = { ...actor('owner'), narrowedTo: ['tasks:read'] as const }
    const decision = POLICY.decide({
      actor: narrow,
      action: 'task.submit',
      place: organisationPlace('org_a'),
      facts: {},
    })
    expect(decision).toMatchObject({
      effect: 'deny',
      rules: [{ rule: 'key.permissions' }, { rule: 'role.developer' }],
    })
    expect(decideAtDoor(narrow, 'task.submit').effect).toBe('deny')
    expect(decideAtDoor(narrow, 'task.list').effect).toBe('allow')
  })
})

test('what stands is written as any policy is, and carries its reasons', () => {
  const text = STANDING_RULES.map((rule) => rule.text).join('\n')
  expect(readRules(text, 'standing')).toEqual({
    ok: true,
    value: STANDING_RULES.map((rule) => ({ ...rule, text: expect.any(String) })),
  })
})

test('what the door decides without a record, an owner may do: what needs one is named as decided within', () => {
  const refused = ACTION_NAMES.filter((action) => !DECIDED_WITHIN.includes(action)).filter(
    (action) =>
      POLICY.decide({ actor: actor('owner'), action, place: organisationPlace('org_a'), facts: {} })
        .effect !== 'allow',
  )
  expect(refused).toEqual([])
})

test('no sequence of requests of autonomous work or a service account approves, or changes who may do what', () => {
  const DECIDING = ['reviews:approve', 'people:create', 'people:remove', 'policies:set']
  const facts = fc.record({
    requestedByActor: fc.boolean(),
    otherApprovers: fc.nat(3),
    givenRole: fc.constantFrom(...ROLES),
    secondFactor: fc.boolean(),
    autonomy: fc.nat(3),
  })
  fc.assert(
    fc.property(
      fc.constantFrom('System', 'ServiceAccount'),
      fc.constantFrom(...ROLES),
      fc.constantFrom(...ACTION_NAMES.filter((name) => DECIDING.includes(ACTIONS[name].permission))),
      facts,
      (kind, role, action, about) => {
        const asker: Actor = { ...actor(role), kind, confirmed: { method: 'yes' } }
        const place = projectPlace('org_a', 'prj_1')
        expect(POLICY.decide({ actor: asker, action, place, facts: about }).effect).toBe('deny')
      },
    ),
  )
})

test('autonomous work neither approves nor does what is risky', () => {
  const system: Actor = { ...actor('owner'), kind: 'System' }
  const effect = (action: ActionName, facts: DecisionFacts = {}) =>
    POLICY.decide({ actor: system, action, place: projectPlace('org_a', 'prj_1'), facts }).effect
  expect(effect('task.submit')).toBe('allow')
  expect(effect('task.submit', { touches: ['ci'] })).toBe('deny')
  expect(effect('review.approve', { requestedByActor: false, otherApprovers: 3 })).toBe('deny')
  expect(effect('budget.raise')).toBe('deny')
})
