import { describe, expect, test } from 'vitest'
import { approvalDigest, sealApproval, sealPart } from '#audit/approval.ts'
import type { EvidenceBundle } from '#audit/bundle.ts'
import type { CheckName } from '#audit/check.ts'
import { commitMessage } from '#audit/commit-message.ts'
import { verifyBundle } from '#audit/verify.ts'
import type { ApprovalTuple, Quorum } from '#contract/review.ts'
import { approval, evidenceOf, plain, type Situation, signer } from './evidence.ts'

const GRACE = { id: 'usr_grace', name: 'Grace Hopper', email: 'grace@example.com' }
const ALAN = { id: 'usr_alan', name: 'Alan Turing', email: 'alan@example.com' }

const first: ApprovalTuple = {
  ...approval,
  id: 'apr_0',
  approver: GRACE,
  approvedAt: '2026-01-31T11:00:00.000Z',
}
const second: ApprovalTuple = { ...first, id: 'apr_00', approver: ALAN }

/** The last of them, resting on these. */
function resting(parts: readonly ApprovalTuple[], changes: Partial<Quorum> = {}): ApprovalTuple {
  const people = [...parts.map(({ approver }) => approver.id), approval.approver.id]
  const rules = [{ rule: 'own.two', needed: parts.length + 1, withinSeconds: 3600, counted: people }]
  const named = parts.map((part) => ({ approval: approvalDigest(part), approver: part.approver }))
  return { ...approval, quorum: { needed: parts.length + 1, rules, with: named, ...changes } }
}

async function made(last: ApprovalTuple, parts: readonly ApprovalTuple[], changes: Partial<Situation> = {}) {
  return evidenceOf({ ...plain, approval: last, parts, message: commitMessage(last), ...changes })
}

function verdict(evidence: Awaited<ReturnType<typeof made>>, changes: Partial<EvidenceBundle> = {}) {
  const { ok, checks } = verifyBundle({
    bundle: { ...evidence.bundle, ...changes },
    trustedKey: signer.key,
    facts: evidence.facts,
  })
  const failed: CheckName[] = checks.filter(({ status }) => status === 'fail').map(({ name }) => name)
  return { ok, failed, quorum: checks.find(({ name }) => name === 'quorum') }
}

describe('evidence of a commit that three approved', () => {
  test('holds', async () => {
    const whole = await made(resting([first, second]), [first, second])
    expect(verdict(whole)).toEqual({
      ok: true,
      failed: [],
      quorum: {
        name: 'quorum',
        status: 'pass',
        detail: '3 people approved exactly this, as own.two asked.',
      },
    })
  })

  test('does not hold with one left out, doubled, put in another place or changed', async () => {
    const whole = await made(resting([first, second]), [first, second])
    const [one, two] = whole.bundle.parts ?? []
    if (one === undefined || two === undefined) throw new Error('there are two')
    const { parts: _, ...without } = whole.bundle
    expect(verdict({ ...whole, bundle: without })).toMatchObject({ failed: ['quorum'] })
    const changed = { ...one, payload: two.payload }
    for (const parts of [[one], [two], [one, one], [two, one], [one, two, one], [one, changed]])
      expect(verdict(whole, { parts })).toMatchObject({
        ok: false,
        failed: expect.arrayContaining(['quorum']),
      })
  })

  test('does not hold when an approval that waited is put for the last, or the last for one that waited', async () => {
    const whole = await made(resting([first]), [first])
    expect(verdict(whole, { approval: await sealPart(first, signer) })).toMatchObject({
      ok: false,
      failed: ['approval'],
    })
    expect(verdict(whole, { parts: [await sealApproval(first, signer)] })).toMatchObject({
      ok: false,
      failed: ['quorum'],
    })
  })

  test.each(Object.keys(approval).filter((field) => !['id', 'approver', 'approvedAt'].includes(field)))(
    'does not hold when one of them is of another %s',
    async (field) => {
      const value = approval[field as keyof ApprovalTuple]
      const other = {
        ...first,
        [field]:
          typeof value === 'number'
            ? value + 1
            : typeof value === 'boolean'
              ? !value
              : typeof value === 'string'
                ? `${value}0`
                : { id: 'x', name: 'x', email: 'x' },
      }
      expect(verdict(await made(resting([other]), [other])).failed).toContain('quorum')
    },
  )

  const late = { ...first, approvedAt: '2026-01-31T10:59:59.999Z' }
  const early = { ...first, approvedAt: '2026-01-31T12:00:00.001Z' }
  const own = { ...first, approver: approval.approver }
  const requested = { ...first, approver: approval.requester }
  const counting = (counted: string[], needed = 2): Partial<Quorum> => ({
    rules: [{ rule: 'own.two', needed, withinSeconds: 3600, counted }],
  })
  test.each<[string, ApprovalTuple, readonly ApprovalTuple[], string]>([
    [
      'one that was too old',
      resting([late]),
      [late],
      'The rule own.two counted an approval that was too old.',
    ],
    [
      'one of the future',
      resting([early]),
      [early],
      'The rule own.two counted an approval that was too old.',
    ],
    ['the same person twice', resting([own]), [own], 'One person approved twice.'],
    [
      'whoever asked for it',
      resting([requested]),
      [requested],
      'Whoever asked for the change is among its approvers.',
    ],
    [
      'fewer than a rule needed',
      resting([first], counting([GRACE.id])),
      [first],
      'The rule own.two needed 2, and counted 1.',
    ],
    [
      'one person counted twice',
      resting([first], counting([GRACE.id, GRACE.id])),
      [first],
      'The rule own.two needed 2, and counted 1.',
    ],
    [
      'somebody counted who did not approve',
      resting([first], counting([GRACE.id, ALAN.id])),
      [first],
      'The rule own.two counted somebody who did not approve.',
    ],
    [
      'fewer than it says',
      resting([first], { needed: 3 }),
      [first],
      '3 approvals were needed, and there are 2.',
    ],
    [
      'approvals of which it does not know',
      approval,
      [first],
      'There are earlier approvals, and the last one rests on none.',
    ],
  ])('that a publisher signed with %s does not hold', async (_, last, parts, why) => {
    const { failed, quorum } = verdict(await made(last, parts))
    expect(failed).toEqual(['quorum'])
    expect(quorum?.detail).toContain(why)
  })

  test('does not hold when the log has no entry of one before the last', async () => {
    const last = resting([first])
    const nothing = await made(last, [first], {
      partEntry: (entry) => ({ ...entry, action: 'change.rejected' }),
    })
    const somebody = await made(last, [first], {
      partEntry: (entry) => ({ ...entry, actor: { kind: 'person', id: 'usr_eve' } }),
    })
    for (const evidence of [nothing, somebody]) expect(verdict(evidence).failed).toEqual(['log'])
  })
})
