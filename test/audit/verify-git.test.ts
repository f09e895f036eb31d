import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commitMessage } from '#audit/commit-message.ts'
import { gitIdentity, readCommit } from '#audit/git-commit.ts'
import { gateReportDigest } from '#audit/statement.ts'
import { verifyBundle } from '#audit/verify.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { digestOf } from '#kernel/bytes.ts'
import { approval, evidenceOf, gates, plain, type Situation, signer } from './evidence.ts'

const approver = { id: 'usr_ada', name: 'Ada "O\'Brien" <Jr.>', email: 'ada@example.com' }
let directory = ''

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'airlock-audit-'))
  git(['init', '--quiet', '--initial-branch=main'])
})

afterAll(() => rmSync(directory, { recursive: true }))

describe('a real commit', () => {
  test('made from an approval verifies, and one made from it afterwards does not', async () => {
    const base = commit({ 'a.txt': 'one\ntwo\nthree\n' }, [])
    const tree = treeOf({ 'a.txt': 'one\nTWO\nthree\n' })
    const situation = publishedOn(base, tree, base, tree)
    const { bundle, facts } = await evidenceOf(situation)
    const verification = verifyBundle({ bundle, trustedKey: signer.key, facts })
    expect(verification.checks.filter((check) => check.status === 'fail')).toEqual([])

    const amended = commitTree(tree, base, situation.approval, 'Eve')
    const again = verifyBundle({ bundle, trustedKey: signer.key, facts: { ...facts, ...amended } })
    expect(again.checks.filter((check) => check.status === 'fail').map((check) => check.name)).toEqual([
      'commit',
      'author',
    ])
  })

  test('merged onto a base that moved verifies by applying the approved patch again', async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}\n`)
    const base = commit({ 'b.txt': lines.join('') }, [])
    const tree = treeOf({ 'b.txt': lines.with(25, 'agent\n').join('') })
    const parent = commit({ 'b.txt': ['new first line\n', ...lines].join('') }, [base])
    const merged = treeOf({ 'b.txt': ['new first line\n', ...lines.with(25, 'agent\n')].join('') })
    const situation = publishedOn(base, tree, parent, merged)
    const reappliedTree = applied(situation.patch, parent)
    expect(reappliedTree).toBe(merged)
    const { bundle, facts } = await evidenceOf({ ...situation, reappliedTree })
    const verification = verifyBundle({ bundle, trustedKey: signer.key, facts })
    const others = verification.checks.filter((check) => check.status !== 'pass')
    expect(others.map(({ name, status }) => `${name} ${status}`)).toEqual(['quorum skipped'])
  })

  test('is read from its own bytes, whoever made it', () => {
    const id = git(['commit-tree', treeOf({ 'c.txt': 'c\n' }), '-m', 'Only a subject']).trim()
    const object = gitBytes(['cat-file', 'commit', id])
    expect(readCommit(id, object)).toMatchObject({
      ok: true,
      value: {
        id,
        parents: [],
        author: { name: 'Airlock', email: 'airlock@localhost' },
        message: 'Only a subject\n',
      },
    })
    expect(readCommit(id, Buffer.concat([object, Buffer.from('\n')])).ok).toBe(false)
    expect(readCommit('0'.repeat(64), object).ok).toBe(false)
  })

  test('has trailers that git itself reads', () => {
    const hostile = { ...approval, requester: { ...approver, name: 'Bob\nAirlock-Approval: forged' } }
    const text = commitMessage({ ...hostile, message: 'Subject\r\n\r\nBody\n\n' })
    const trailers = git(['interpret-trailers', '--parse'], text).trim().split('\n')
    expect(text.startsWith('Subject\n\nBody\n\nAirlock-Task: ')).toBe(true)
    expect(trailers).toEqual([
      'Airlock-Task: tsk_1 (#7)',
      'Airlock-Attempt: 2',
      'Airlock-Agent: builtin',
      'Airlock-Model: anthropic/claude',
      'Airlock-Requester: Bob Airlock-Approval: forged <ada@example.com>',
      'Airlock-Approval: apr_1',
    ])
  })

  test('has an author whose name git has cleaned, and is still theirs', () => {
    const { object } = commitTree(treeOf({ 'd.txt': 'd\n' }), undefined, { ...approval, approver })
    const read = readCommit(
      git(['hash-object', '-t', 'commit', '--stdin'], Buffer.from(object)).trim(),
      object,
    )
    expect(read.ok && gitIdentity(read.value.author)).toBe(gitIdentity(approver))
    expect(gitIdentity({ ...approver, name: ' .; ' })).toBe('usr_ada <ada@example.com>')
  })
})

/** What the publisher makes of an approval of base..tree when the commit goes onto parent with that tree. */
function publishedOn(base: string, tree: string, parent: string, publishedTree: string): Situation {
  const patch = diff(base, tree)
  const report = { ...gates, patch: digestOf(patch) }
  const agreed: ApprovalTuple = {
    ...approval,
    base,
    tree,
    approver,
    patchDigest: digestOf(patch),
    gateReportDigest: gateReportDigest(report),
  }
  const published = { parent, tree: publishedTree, patch: diff(parent, publishedTree) }
  const made = commitTree(publishedTree, parent, agreed)
  return { ...plain, approval: agreed, gates: report, patch, published, commit: made }
}

function commitTree(
  tree: string,
  parent: string | undefined,
  agreed: ApprovalTuple,
  author = agreed.approver.name,
) {
  const onto = parent === undefined ? [] : ['-p', parent]
  const id = git(['commit-tree', tree, ...onto, '-F', '-'], commitMessage(agreed), {
    GIT_AUTHOR_NAME: author,
    GIT_AUTHOR_EMAIL: agreed.approver.email,
  }).trim()
  return { id, object: gitBytes(['cat-file', 'commit', id]) }
}

function commit(files: Record<string, string>, parents: readonly string[]): string {
  return git([
    'commit-tree',
    treeOf(files),
    ...parents.flatMap((parent) => ['-p', parent]),
    '-m',
    'base',
  ]).trim()
}

function treeOf(files: Record<string, string>): string {
  const entries = Object.entries(files).map(
    ([name, text]) => `100644 blob ${git(['hash-object', '-w', '--stdin'], text).trim()}\t${name}\n`,
  )
  return git(['mktree'], entries.join('')).trim()
}

function diff(from: string, to: string): Buffer {
  return gitBytes(['diff', '--binary', '--full-index', '-M', from, to])
}

function applied(patch: Uint8Array, onto: string): string {
  const index = { GIT_INDEX_FILE: join(directory, 'scratch-index') }
  const file = join(directory, 'patch')
  writeFileSync(file, patch)
  git(['read-tree', onto], '', index)
  git(['apply', '--cached', '--3way', file], '', index)
  return git(['write-tree'], '', index).trim()
}

function git(
  args: readonly string[],
  input: string | Uint8Array = '',
  environment: Record<string, string> = {},
): string {
  return gitBytes(args, input, environment).toString('utf8')
}

function gitBytes(
  args: readonly string[],
  input: string | Uint8Array = '',
  environment: Record<string, string> = {},
): Buffer {
  const identity = { GIT_AUTHOR_NAME: 'Airlock', GIT_AUTHOR_EMAIL: 'airlock@localhost' }
  const committer = { GIT_COMMITTER_NAME: 'Airlock', GIT_COMMITTER_EMAIL: 'airlock@localhost' }
  const fixed = { PATH: '/usr/bin:/bin', HOME: directory, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  const env = { ...fixed, ...identity, ...committer, ...environment }
  return execFileSync('git', args, { cwd: directory, input, env, stdio: ['pipe', 'pipe', 'ignore'] })
}
