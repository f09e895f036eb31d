import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import { decide, decideAtDoor, refusalOf } from '#policy/decide.ts'
import { holds, ROLES, type Role } from '#policy/role.ts'

const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[]

function actor(role: Role, id = 'usr_a'): Actor {
  return { person: { id, name: 'Ada', email: 'ada@example.org' }, role, organisation: 'org_a' }
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
        "budget.set": "owner",
        "evidence.attach": "maintainer",
        "evidence.show": "viewer",
        "identity.show": "viewer",
        "person.create": "owner",
        "person.list": "maintainer",
        "person.remove": "owner",
        "project.create": "maintainer",
        "project.egress": "viewer",
        "project.list": "viewer",
        "project.models": "maintainer",
        "project.narrow": "maintainer",
        "project.widen": "maintainer",
        "provider.create": "owner",
        "provider.list": "developer",
        "provider.order": "owner",
        "provider.remove": "owner",
        "review.approve": "maintainer",
        "review.reject": "developer",
        "review.select": "developer",
        "sandbox.destroy": "developer",
        "sandbox.inspect": "developer",
        "server.status": "viewer",
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
      const decision = decide({
        actor: actor(role),
        action: 'project.create',
        resource: { organisation: 'org_a' },
        facts,
      })
      expect(decision.effect).toBe(effect)
    },
  )

  test('says every rule that spoke', () => {
    expect(
      decide({
        actor: actor('viewer'),
        action: 'review.approve',
        resource: { organisation: 'org_b', requester: 'usr_a' },
        facts: { approvers: 2 },
      }),
    ).toEqual({
      effect: 'deny',
      rules: [
        { rule: 'organisation.boundary', effect: 'deny', reason: 'This belongs to another organisation.' },
        {
          rule: 'role',
          effect: 'deny',
          reason: 'This needs the permission reviews:approve, which the role viewer does not hold.',
        },
        {
          rule: 'review.not-own-change',
          effect: 'deny',
          reason: 'Whoever asked for a change does not approve it when somebody else could.',
        },
      ],
      smallestChange: 'Sign in as a member of that organisation.',
    })
  })

  const approval = (requester: string | undefined, approvers: number | undefined) =>
    decide({
      actor: actor('owner'),
      action: 'review.approve',
      resource: { organisation: 'org_a', ...(requester === undefined ? {} : { requester }) },
      facts: approvers === undefined ? {} : { approvers },
    })

  test('the only person who could approve may approve what they asked for', () => {
    expect(approval('usr_a', 1).effect).toBe('allow')
  })

  test('with two people who could approve, whoever asked may not', () => {
    const decision = approval('usr_a', 2)
    expect(refusalOf(decision)).toEqual({
      code: 'self_approval',
      message: 'Whoever asked for a change does not approve it when somebody else could.',
      rule: 'review.not-own-change',
      remedy: 'Ask another maintainer or owner to review it.',
    })
  })

  test('another maintainer may approve', () => {
    expect(approval('usr_b', 2).effect).toBe('allow')
  })

  test('an absent fact is a denial', () => {
    expect(approval(undefined, 1).effect).toBe('deny')
    expect(approval('usr_b', undefined).effect).toBe('deny')
  })

  test('the strictest rule wins for every question', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ROLES),
        fc.constantFrom(...ACTION_NAMES),
        fc.constantFrom('org_a', 'org_b'),
        fc.option(fc.constantFrom('usr_a', 'usr_b'), { nil: undefined }),
        fc.option(fc.nat(3), { nil: undefined }),
        (role, action, organisation, requester, approvers) => {
          const decision = decide({
            actor: actor(role),
            action,
            resource: { organisation, ...(requester === undefined ? {} : { requester }) },
            facts: approvers === undefined ? {} : { approvers },
          })
          const denied = decision.rules.some((rule) => rule.effect === 'deny')
          expect(decision.effect).toBe(denied ? 'deny' : 'allow')
          expect(decision.rules.length).toBeGreaterThan(0)
          if (decideAtDoor(actor(role), action).effect === 'deny') expect(decision.effect).toBe('deny')
        },
      ),
    )
  })
})
