import { expect, test } from 'vitest'
import { actorOfToken } from '#identity/actor-of-token.ts'
import { organisationPlace } from '#policy/place.ts'
import { createPolicy } from '#policy/policy.ts'
import type { TokenHolder } from '#store/access-tokens.ts'

const AT = '2026-01-31T12:00:00.000Z'
const person = { id: 'usr_a', name: 'Ada', email: 'ada@example.org' }
const policy = createPolicy([], { clock: () => Date.parse(AT), timeZone: 'UTC' })

const token: TokenHolder['token'] = {
  ...{ organisation: 'org_a', id: 'tok_a', hash: new Uint8Array(32), person: null, serviceAccount: null },
  ...{ kind: 'key' as const, name: 'ci', permissions: null, createdAt: AT, expiresAt: null },
  ...{ lastUsedAt: null, revokedAt: null },
}

const account: TokenHolder = {
  token,
  serviceAccount: {
    ...{ organisation: 'org_a', id: 'sva_a', name: 'ci', role: 'owner', createdBy: person },
    ...{ createdAt: AT, roleChangedAt: null, removedAt: null },
  },
  bindings: [],
}

test('a service account is one, with its role, and approves nothing', () => {
  const actor = actorOfToken('org_a', account)
  expect(actor).toMatchObject({ kind: 'ServiceAccount', role: 'owner', channel: 'api' })
  const place = organisationPlace('org_a')
  const facts = { requestedByActor: false, otherApprovers: 1 }
  const decision = policy.decide({ actor, action: 'review.approve', place, facts })
  expect(decision).toMatchObject({ effect: 'deny', rules: [{ rule: 'service-account.never-decides' }, {}] })
})

test('a key is narrowed to what it was made for; a command line that signed in says so', () => {
  const holder = {
    person: {
      ...{ ...person, organisation: 'org_a', role: 'owner' as const },
      ...{ createdAt: AT, roleChangedAt: null, removedAt: null },
    },
    bindings: [{ role: 'admin' as const, at: { kind: 'Project' as const, id: 'prj_a' } }],
  }
  const narrowed = actorOfToken('org_a', { ...holder, token: { ...token, permissions: ['tasks:read'] } })
  expect(narrowed).toMatchObject({ kind: 'User', channel: 'api', narrowedTo: ['tasks:read'] })
  const cli = actorOfToken('org_a', { ...holder, token: { ...token, kind: 'cli' } })
  expect(cli.channel).toBe('cli')
  expect(cli.narrowedTo).toBeUndefined()
  expect(cli.bindings).toEqual([
    { role: 'owner', at: { kind: 'Organisation', id: 'org_a' } },
    ...holder.bindings,
  ])
})
