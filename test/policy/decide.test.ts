import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS, type ActionName, type Permission } from '#policy/action.ts'
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
        "confirmation.give": "member",
        "confirmation.list": "member",
        "environment.create": "admin",
        "environment.list": "viewer",
        "environment.remove": "admin",
        "environment.rename": "admin",
        "evidence.attach": "maintainer",
        "evidence.show": "viewer",
        "guard.command": "member",
        "guard.scan": "member",
        "guard.text": "member",
        "identity-provider.create": "owner",
        "identity-provider.list": "admin",
        "identity-provider.remove": "owner",
        "identity.show": "member",
        "invitation.list": "maintainer",
        "invitation.revoke": "admin",
        "key.create": "member",
        "key.list": "member",
        "key.revoke": "member",
        "organisation.create": "owner",
        "organisation.set": "owner",
        "organisation.show": "member",
        "person.create": "admin",
        "person.erase": "owner",
        "person.export": "admin",
        "person.invite": "admin",
        "person.list": "maintainer",
        "person.remove": "admin",
        "person.reset-password": "admin",
        "policy.explain": "viewer",
        "policy.list": "viewer",
        "policy.preview": "maintainer",
        "policy.remove": "owner",
        "policy.replay": "maintainer",
        "policy.set": "owner",
        "policy.show": "viewer",
        "project.autonomy": "owner",
        "project.create": "maintainer",
        "project.egress": "viewer",
        "project.list": "viewer",
        "project.models": "maintainer",
        "project.move": "owner",
        "project.narrow": "maintainer",
        "project.remove": "admin",
        "project.rename": "admin",
        "project.show": "viewer",
        "project.widen": "maintainer",
        "provider.create": "admin",
        "provider.list": "developer",
        "provider.order": "admin",
        "provider.remove": "admin",
        "retention.set": "owner",
        "retention.show": "maintainer",
        "review.approve": "maintainer",
        "review.justify": "maintainer",
        "review.reject": "developer",
        "review.select": "developer",
        "role.grant": "owner",
        "role.list": "maintainer",
        "role.revoke": "owner",
        "sandbox.destroy": "developer",
        "sandbox.inspect": "developer",
        "secret.list": "maintainer",
        "secret.prune": "admin",
        "secret.remove": "admin",
        "secret.rotate-keys": "owner",
        "secret.set": "admin",
        "server.status": "member",
        "service-account.create": "admin",
        "service-account.list": "maintainer",
        "service-account.remove": "admin",
        "share.create": "maintainer",
        "share.list": "developer",
        "share.revoke": "maintainer",
        "task.cancel": "developer",
        "task.diff": "viewer",
        "task.egress": "viewer",
        "task.erase": "owner",
        "task.export": "admin",
        "task.list": "viewer",
        "task.narrow": "maintainer",
        "task.retry": "developer",
        "task.show": "viewer",
        "task.submit": "developer",
        "task.watch": "viewer",
        "task.widen": "maintainer",
        "team.create": "admin",
        "team.list": "viewer",
        "team.member-add": "admin",
        "team.member-remove": "admin",
        "team.remove": "admin",
        "team.rename": "admin",
        "team.show": "viewer",
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
          const strictest = (['deny', 'confirm', 'allow'] as const).find((effect) =>
            decision.rules.some((rule) => rule.effect === effect),
          )
          expect(decision.effect).toBe(strictest)
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
      facts: { minutesSinceOwnRoleChange: 60, ...(givenRole === undefined ? {} : { givenRole }) },
    }).effect === 'allow'

  test('an admin adds and removes people below admins, an owner anybody, and everybody else nobody', () => {
    for (const action of ['person.create', 'person.remove'] as const) {
      const given = Object.fromEntries(ROLES.map((by) => [by, ROLES.filter((role) => may(by, action, role))]))
      expect(given).toEqual({
        member: [],
        viewer: [],
        developer: [],
        maintainer: [],
        admin: ['member', 'viewer', 'developer', 'maintainer'],
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
  const byName = (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name)
  const read = readRules(text, 'standing')
  if (!read.ok) throw new Error(read.failure.message)
  expect(read.value.toSorted(byName)).toEqual(
    STANDING_RULES.map((rule) => ({ ...rule, text: expect.any(String) })).toSorted(byName),
  )
})

describe('nobody but people', () => {
  /** What changes a grant, a policy, autonomy, an approval, or who may do what. */
  const RIGHTS: readonly Permission[] = [
    ...(['reviews:approve', 'reviews:justify', 'policies:set', 'autonomy:set', 'keys:own'] as const),
    ...(['people:create', 'people:remove', 'roles:set', 'teams:members', 'teams:set'] as const),
    ...(['projects:move', 'identity-providers:set', 'organisations:set', 'organisations:create'] as const),
  ]
  const WIDENING: readonly Permission[] = [
    ...(['egress:widen', 'egress:allow', 'budgets:set', 'budgets:raise', 'secrets:set'] as const),
    ...(['secrets:remove', 'providers:create', 'providers:remove', 'projects:create'] as const),
  ]
  const about = fc.record({
    requestedByActor: fc.boolean(),
    otherApprovers: fc.nat(3),
    givenRole: fc.constantFrom(...ROLES),
    secondFactor: fc.boolean(),
    autonomy: fc.nat(3),
    readsServerFiles: fc.boolean(),
    minutesSinceRoleChange: fc.nat(100_000),
    minutesSinceOwnRoleChange: fc.nat(100_000),
  })
  const GENEROUS = ruled('@id("all") @reason("All.") permit(principal, action, resource);')

  test.each([
    ['autonomous work', 'System', 'person', [...RIGHTS, ...WIDENING]],
    ['an agent that asks as the person it works for', 'User', 'agent', [...RIGHTS, ...WIDENING]],
    ['a service account', 'ServiceAccount', 'person', RIGHTS],
  ] as const)(
    '%s never approves, and changes no rights, whatever the rules permit',
    (_, kind, provenance, permissions) => {
      const actions = ACTION_NAMES.filter((name) => permissions.includes(ACTIONS[name].permission))
      expect(new Set(actions.map((name) => ACTIONS[name].permission)).size).toBe(permissions.length)
      fc.assert(
        fc.property(
          fc.constantFrom(...ROLES),
          fc.constantFrom(...actions),
          fc.constantFrom(organisationPlace('org_a'), projectPlace('org_a', 'prj_1')),
          about,
          (role, action, place, facts) => {
            const asker: Actor = { ...actor(role), kind, confirmed: { method: 'yes' } }
            const question = { actor: asker, action, place, facts: { ...facts, provenance } }
            expect(GENEROUS.decide(question).effect).toBe('deny')
          },
        ),
      )
    },
  )

  test('autonomy says how far work goes by itself, and nothing of high risk ever does', () => {
    const may = (autonomy: number | undefined, action: ActionName, facts: DecisionFacts = {}) =>
      POLICY.decide({
        actor: { ...actor('owner'), kind: 'System' },
        action,
        place: projectPlace('org_a', 'prj_1'),
        facts: { ...facts, ...(autonomy === undefined ? {} : { autonomy }) },
      }).effect === 'allow'
    const reach = [undefined, 0, 1, 2, 3].map((level) =>
      (['task.show', 'task.submit', 'evidence.attach', 'task.widen'] as const).filter((action) =>
        may(level, action),
      ),
    )
    expect(reach).toEqual([
      [],
      [],
      ['task.show'],
      ['task.show', 'task.submit'],
      ['task.show', 'task.submit', 'evidence.attach'],
    ])
    expect(may(3, 'task.submit', { touches: ['ci'] })).toBe(false)
  })
})

describe('a change of roles', () => {
  const grant = (by: Role, facts: DecisionFacts) =>
    POLICY.decide({
      actor: actor(by),
      action: 'role.grant',
      place: projectPlace('org_a', 'prj_1'),
      facts: { givenRole: 'developer', ...facts },
    })
  const LONG_AGO = { minutesSinceRoleChange: 60, minutesSinceOwnRoleChange: 60 }

  test("is an owner's, and rests for an hour", () => {
    expect(ROLES.filter((by) => grant(by, LONG_AGO).effect === 'allow')).toEqual(['owner'])
    const rules = (facts: DecisionFacts) => grant('owner', facts).rules.map(({ rule }) => rule)
    expect(rules({ ...LONG_AGO, minutesSinceRoleChange: 59 })).toContain('roles.cooldown')
    expect(rules({ ...LONG_AGO, minutesSinceOwnRoleChange: 59 })).toContain('roles.own-cooldown')
    expect(rules({})).toEqual(expect.arrayContaining(['roles.cooldown', 'roles.own-cooldown']))
  })
})
