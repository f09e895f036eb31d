import { describe, expect, test } from 'vitest'
import { sealApproval } from '#audit/approval.ts'
import type { EvidenceBundle } from '#audit/bundle.ts'
import { signCheckpoint } from '#audit/checkpoint.ts'
import { commitMessage } from '#audit/commit-message.ts'
import type { AuditEntry } from '#audit/entry.ts'
import { verifierText } from '#audit/signing-key.ts'
import { type ChangeStatement, sealStatement } from '#audit/statement.ts'
import { type Verification, verifyBundle } from '#audit/verify.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { approval, evidenceOf, gates, ORIGIN, plain, type Situation, signer, stranger } from './evidence.ts'

const { bundle, facts } = await evidenceOf(plain)
const statement = payloadOf<ChangeStatement>(bundle.statement.payload)

describe('evidence that was not touched', () => {
  test('passes every check that applies', () => {
    const verification = verifyBundle({ bundle, trustedKey: signer.key, facts })
    expect(verification.ok).toBe(true)
    expect(verification.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'key pass',
      'statement pass',
      'approval pass',
      'quorum skipped',
      'binding pass',
      'commit pass',
      'patch pass',
      'rebase skipped',
      'gates pass',
      'author pass',
      'checkpoint pass',
      'log pass',
    ])
  })

  test('does not verify without a pinned key, though everything else holds', () => {
    const verification = verifyBundle({ bundle, facts })
    expect(verification.ok).toBe(false)
    expect(failed(verification)).toEqual(['key'])
    expect(verification.checks[0]?.detail).toContain('The key is not pinned')
  })

  test('of another installation does not verify, even if it is whole', async () => {
    expect(failed(verifyBundle({ bundle, trustedKey: stranger.key, facts }))).toEqual([
      'key',
      'statement',
      'approval',
      'checkpoint',
    ])
  })
})

describe('evidence that was touched names what was touched', () => {
  const cases: readonly [string, Partial<EvidenceBundle>, readonly string[]][] = [
    ['the patch', { patch: flip(bundle.patch) }, ['patch']],
    ['the patch, made unreadable', { patch: '!' }, ['patch']],
    ['the gate report', { gates: { ...gates, verdict: 'regressed' } }, ['gates']],
    ['the verifier key', { key: verifierText(stranger.key) }, ['key']],
    ['the verifier key, made unreadable', { key: 'x' }, ['key']],
    [
      'the statement',
      { statement: { ...bundle.statement, payload: flip(bundle.statement.payload) } },
      ['statement'],
    ],
    [
      'the approval',
      { approval: { ...bundle.approval, payload: flip(bundle.approval.payload) } },
      ['approval'],
    ],
    ['the approval, put for the statement', { statement: bundle.approval }, ['statement']],
    [
      'the checkpoint',
      { log: { ...bundle.log, checkpoint: bundle.log.checkpoint.replace('\n6\n', '\n7\n') } },
      ['checkpoint'],
    ],
    ['an audit entry', { log: withEntry(1, { entry: flip(bundle.log.entries[1]?.entry ?? '') }) }, ['log']],
    ['an index', { log: withEntry(2, { index: 5 }) }, ['log']],
    ['a proof', { log: withEntry(0, { proof: bundle.log.entries[0]?.proof.map(flip) ?? [] }) }, ['log']],
    [
      'the entries, one left out',
      { log: { ...bundle.log, entries: bundle.log.entries.toSpliced(1, 1) } },
      ['log'],
    ],
    [
      'the entries, in another order',
      { log: { ...bundle.log, entries: bundle.log.entries.toReversed() } },
      ['log'],
    ],
  ]
  test.each(cases)('%s', (_, changes, names) => {
    expect(
      failed(verifyBundle({ bundle: { ...bundle, ...changes }, trustedKey: signer.key, facts })),
    ).toEqual(names)
  })

  test('every field of the commit', () => {
    const text = Buffer.from(facts.object).toString('utf8')
    for (const [one, other] of [
      ['tree c', 'tree d'],
      ['parent b', 'parent d'],
      ['Ada', 'Eve'],
      ['Say two', 'Say ten'],
      ['Airlock-Approval: apr_1', 'Airlock-Approval: apr_2'],
    ] as const) {
      const object = Buffer.from(text.replace(one, other))
      expect(object.equals(facts.object)).toBe(false)
      expect(failed(verifyBundle({ bundle, trustedKey: signer.key, facts: { ...facts, object } }))).toEqual([
        'commit',
      ])
    }
  })

  test('another commit', async () => {
    const other = await evidenceOf({ ...plain, message: 'Something else\n' })
    expect(failed(verifyBundle({ bundle, trustedKey: signer.key, facts: other.facts }))).toEqual([
      'commit',
      'author',
    ])
  })

  test('the content of the commit', () => {
    const other = { ...facts, patch: Buffer.from('diff of something else') }
    expect(failed(verifyBundle({ bundle, trustedKey: signer.key, facts: other }))).toEqual(['patch'])
  })
})

describe('a publisher that signs what was not approved is found out', () => {
  const cases: readonly [string, Partial<Situation>, readonly string[]][] = [
    ['another author', { author: { name: 'Eve', email: 'eve@example.com' } }, ['author']],
    ['another message', { message: commitMessage({ ...approval, message: 'Else' }) }, ['author']],
    ['missing trailers', { message: `${approval.message}\n` }, ['author']],
    ['another patch', { published: { ...plain.published, patch: Buffer.from('evil') } }, ['patch']],
    ['another tree', { published: { ...plain.published, tree: 'd'.repeat(40) } }, ['patch']],
    [
      'a moved base that was not merged again',
      { published: { ...plain.published, parent: 'd'.repeat(40) } },
      ['rebase'],
    ],
    ['gates of another patch', { gates: { ...gates, patch: 'sha256:00' } }, ['binding', 'gates']],
    ['another action in the log', { entry: (entry) => ({ ...entry, action: 'change.rejected' }) }, ['log']],
    ['another approval in the log', { entry: (entry) => withData(entry, { approval: 'other' }) }, ['log']],
    [
      'the approval of another patch in the log',
      { entry: (entry) => withData(entry, { patch: 'x' }) },
      ['log'],
    ],
    ['an approval by another person in the log', { entry: by('person', 'usr_eve') }, ['log']],
    ['an approval by a machine in the log', { entry: by('agent', 'usr_ada') }, ['log']],
    [
      "another task's entry for the approval",
      { entry: (entry) => ({ ...entry, subject: 'tsk_9' }) },
      ['log'],
    ],
  ]
  test.each(cases)('%s', async (_, changes, names) => {
    const made = await evidenceOf({ ...plain, ...changes })
    expect(failed(verifyBundle({ ...made, trustedKey: signer.key }))).toEqual(names)
  })

  test('another approval beside the statement, in each of its fields', async () => {
    const differences = await Promise.all(
      Object.keys(approval).map(async (field) => {
        const changed = { ...approval, [field]: changedValue(approval[field as keyof typeof approval]) }
        const sealed = await sealApproval(changed, signer)
        const verification = verifyBundle({
          bundle: { ...bundle, approval: sealed },
          trustedKey: signer.key,
          facts,
        })
        const binding = verification.checks.find((check) => check.name === 'binding')
        return [field, verification.ok, binding?.status]
      }),
    )
    expect(differences).toEqual(Object.keys(approval).map((field) => [field, false, 'fail']))
  })

  test('another statement beside the approval, in each field that repeats it', async () => {
    const { predicate } = statement
    const lies: readonly [string, Partial<ChangeStatement['predicate']>][] = [
      ['approved.base', { approved: { ...predicate.approved, base: 'd'.repeat(40) } }],
      ['approved.patch', { approved: { ...predicate.approved, patch: `sha256:${'0'.repeat(64)}` } }],
      ['approval.policyVersion', { approval: { ...predicate.approval, policyVersion: '2' } }],
      ['branch', { branch: 'main' }],
      ['attempt.grant', { attempt: { ...predicate.attempt, grant: 'x' } }],
      ['gates', { gates: { ...predicate.gates, digest: `sha256:${'0'.repeat(64)}` } }],
    ]
    for (const [field, lie] of lies) {
      const sealed = await sealStatement({ ...statement, predicate: { ...predicate, ...lie } }, signer)
      const checks = verifyBundle({
        bundle: { ...bundle, statement: sealed },
        trustedKey: signer.key,
        facts,
      }).checks
      expect(checks.find((check) => check.name === 'binding')).toEqual({
        name: 'binding',
        status: 'fail',
        detail: `The statement and the approval differ in ${field}.`,
      })
    }
  })

  test.each(['parent', 'tree'])('a %s that the commit does not have', async (field) => {
    const published = { ...statement.predicate.published, [field]: 'd'.repeat(40) }
    const lie = { ...statement, predicate: { ...statement.predicate, published } }
    const sealed = await sealStatement(lie, signer)
    const verification = verifyBundle({
      bundle: { ...bundle, statement: sealed },
      trustedKey: signer.key,
      facts,
    })
    expect(failed(verification)).toContain('commit')
  })

  test('another branch for its subject', async () => {
    const [subject] = statement.subject
    const lie: ChangeStatement = { ...statement, subject: [{ ...subject, name: 'refs/heads/main' }] }
    const sealed = await sealStatement(lie, signer)
    const verification = verifyBundle({
      bundle: { ...bundle, statement: sealed },
      trustedKey: signer.key,
      facts,
    })
    expect(failed(verification)).toEqual(['binding'])
  })

  test('gate counts that the report does not have', async () => {
    const lie = { ...statement.predicate, gates: { ...statement.predicate.gates, new: 0, fixed: 9 } }
    const sealed = await sealStatement({ ...statement, predicate: lie }, signer)
    expect(
      failed(verifyBundle({ bundle: { ...bundle, statement: sealed }, trustedKey: signer.key, facts })),
    ).toEqual(['gates'])
  })

  test('a checkpoint of another log under the same key', async () => {
    const checkpoint = await signCheckpoint(
      { origin: `${ORIGIN}/b`, size: 6, root: Buffer.alloc(32) },
      signer,
    )
    const changed = { ...bundle, log: { ...bundle.log, checkpoint } }
    expect(failed(verifyBundle({ bundle: changed, trustedKey: signer.key, facts }))).toEqual(['checkpoint'])
  })
})

describe('a change whose base moved', () => {
  const moved: Situation = {
    ...plain,
    published: { parent: 'd'.repeat(40), tree: 'e'.repeat(40), patch: Buffer.from('the same, elsewhere') },
    reappliedTree: 'e'.repeat(40),
  }

  test('verifies when the approved patch, applied again, gives the commit', async () => {
    const verification = verifyBundle({ ...(await evidenceOf(moved)), trustedKey: signer.key })
    expect([verification.ok, failed(verification)]).toEqual([true, []])
    expect(verification.checks.find((check) => check.name === 'rebase')?.status).toBe('pass')
  })

  test('does not verify when it gives another tree, or was not tried', async () => {
    const other = await evidenceOf({ ...moved, reappliedTree: 'f'.repeat(40) })
    const { reappliedTree: _, ...untried } = moved
    expect(failed(verifyBundle({ ...other, trustedKey: signer.key }))).toEqual(['rebase'])
    expect(failed(verifyBundle({ ...(await evidenceOf(untried)), trustedKey: signer.key }))).toEqual([
      'rebase',
    ])
  })
})

function failed(verification: Verification): readonly string[] {
  const names = verification.checks.filter((check) => check.status === 'fail').map((check) => check.name)
  expect(verification.ok).toBe(names.length === 0)
  return names
}

function withData(entry: AuditEntry, data: AuditEntry['data']): AuditEntry {
  return { ...entry, data: { ...entry.data, ...data } }
}

function by(kind: AuditEntry['actor']['kind'], id: string) {
  return (entry: AuditEntry): AuditEntry => ({ ...entry, actor: { kind, id } })
}

function withEntry(place: number, changes: Partial<EvidenceBundle['log']['entries'][number]>) {
  const entries = bundle.log.entries.map((entry, at) => (at === place ? { ...entry, ...changes } : entry))
  return { ...bundle.log, entries }
}

/** Changes the first character of base64 text: still base64, other bytes. */
function flip(base64: string): string {
  return (base64.startsWith('A') ? 'B' : 'A') + base64.slice(1)
}

function payloadOf<T>(base64: string): T {
  const value = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
  expect(Buffer.from(canonicalJson(value)).toString('base64')).toBe(base64)
  return value
}

function changedValue(value: unknown): unknown {
  if (typeof value === 'string') return `${value}x`
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return { ...(value as object), id: 'usr_eve' }
}
