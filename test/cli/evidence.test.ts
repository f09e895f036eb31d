import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeBundle } from '#audit/bundle.ts'
import { signCheckpoint } from '#audit/checkpoint.ts'
import { commitMessage } from '#audit/commit-message.ts'
import { encodeEntry } from '#audit/entry.ts'
import { checkpointLine, entryLine } from '#audit/log-export.ts'
import { append, emptyFrontier, leafHash, rootOf } from '#audit/merkle.ts'
import { verifierText } from '#audit/signing-key.ts'
import { gateReportDigest } from '#audit/statement.ts'
import * as git from '#forge/git/local-repository.ts'
import { digestOf, utf8 } from '#kernel/bytes.ts'
import { ok } from '#kernel/result.ts'
import { approval, entryOf, evidenceOf, gates, ORIGIN, plain, signer, stranger } from '../audit/evidence.ts'
import { gitFixture, temporaryDirectory } from '../support/git-fixture.ts'
import { aDesk, type Desk } from './desk.ts'

let desk: Desk

beforeEach(async () => {
  desk = await aDesk()
})

afterEach(() => desk.close())

describe('airlock verify', () => {
  test('verifies a real commit offline, and names what was tampered with', async () => {
    const { repository, commit, bundle, key } = await aPublishedCommit()
    desk.with({ git, workingDirectory: repository })
    await desk.server.close()
    const words = ['--bundle', await file('bundle.json', encodeBundle(bundle)), '--key', key]
    const good = await desk.type('verify', commit.slice(0, 10), ...words)
    expect(good.out).toContain(`VERIFIED: ${commit.slice(0, 12)} is exactly what was approved.`)
    expect(good.out).toContain('Ada Lovelace <ada@example.com>')
    expect([good.err, good.exit]).toEqual(['', 0])

    const bytes = Buffer.from(bundle.patch, 'base64')
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1
    const flipped = encodeBundle({ ...bundle, patch: bytes.toString('base64') })
    const bad = await desk.type('verify', commit, '--bundle', await file('bad.json', flipped), '--key', key)
    expect(bad.out).toContain(`NOT VERIFIED: ${commit.slice(0, 12)} (patch)`)
    expect(bad.exit).toBe(13)

    const stolen = await file('stranger.pub', utf8(verifierText(stranger.key)))
    const other = await desk.type('verify', commit, ...words.with(3, stolen), '--json')
    expect([JSON.parse(other.out).ok, other.exit]).toEqual([false, 13])
  })

  test('without a key that is trusted nothing is verified', async () => {
    const { repository, commit, bundle } = await aPublishedCommit()
    desk.with({ git, workingDirectory: repository })
    const { out, exit } = await desk.type(
      'verify',
      commit,
      '--bundle',
      await file('b.json', encodeBundle(bundle)),
    )
    expect(out).toContain('NOT VERIFIED')
    expect(out).toContain('The key is not pinned')
    expect(exit).toBe(13)
  })

  test('asks the server for the evidence when no file is named', async () => {
    const { repository, bundle, key } = await aPublishedCommit()
    desk.with({ git, workingDirectory: repository, trustedKeyFile: key })
    desk.house.application.evidenceOf = async () => ok(Buffer.from(encodeBundle(bundle)).toString('utf8'))
    expect((await desk.type('verify', 'published')).exit).toBe(0)
  })

  test('a commit that is not there, and evidence that is none, are refused', async () => {
    const { repository, commit } = await aPublishedCommit()
    desk.with({ git, workingDirectory: repository })
    expect((await desk.type('verify', 'f'.repeat(40))).exit).toBe(3)
    expect((await desk.type('verify', '--upload-pack=touch /tmp/x')).exit).toBe(2)
    expect((await desk.type('verify', '--', '--help')).exit).toBe(3)
    expect((await desk.type('verify', commit, '--bundle', await file('x', utf8('{}')))).exit).toBe(13)
    expect((await desk.type('verify', commit, '--bundle', '/nowhere')).exit).toBe(2)
  })
})

describe('airlock audit verify', () => {
  test('checks what the server exports against its own checkpoint', async () => {
    await serveLog((line) => line)
    const { out, exit } = await desk.type('audit', 'verify')
    expect(out).toContain(`VERIFIED: ${ORIGIN}`)
    expect(out).toContain('3 entries, 1 checkpoint')
    expect(exit).toBe(0)
  })

  test('names an entry that was changed', async () => {
    await serveLog((line, index) => (index === 1 ? line.replace('"index":1', '"index":7') : line))
    const { out, exit } = await desk.type('audit', 'verify')
    expect(out).toContain('NOT VERIFIED')
    expect(exit).toBe(13)
  })

  test('a log in a file is checked without a server', async () => {
    const text = await serveLog((line) => line)
    await desk.server.close()
    const exported = await file('log.jsonl', utf8(text))
    expect((await desk.type('audit', 'verify', exported)).exit).toBe(0)
    const cut = await file('cut.jsonl', utf8(text.split('\n').slice(1).join('\n')))
    expect((await desk.type('audit', 'verify', cut)).exit).toBe(13)
  })

  test('without a trusted key it says so', async () => {
    const { err, exit } = await desk.type('audit', 'verify')
    expect([err.includes('--key FILE'), exit]).toEqual([true, 13])
  })
})

async function serveLog(change: (line: string, index: number) => string): Promise<string> {
  const entries = ['task.submitted', 'change.approved', 'change.published'].map((action) =>
    encodeEntry(entryOf(action)),
  )
  const root = rootOf(entries.map(leafHash).reduce(append, emptyFrontier))
  const note = await signCheckpoint({ origin: ORIGIN, size: entries.length, root }, signer)
  const lines = entries.map((bytes, index) => change(entryLine(index, bytes), index))
  const text = [...lines, checkpointLine(note)].join('')
  desk.house.application.auditCheckpoint = async () => ok(note)
  desk.house.application.auditExport = async () => ok(ReadableStream.from<Uint8Array>([utf8(text)]))
  desk.with({ trustedKeyFile: await file('airlock.pub', utf8(verifierText(signer.key))) })
  return text
}

/** A repository in which a change was published as its approval says, on the branch `published`. */
async function aPublishedCommit() {
  const fixture = gitFixture()
  fixture.write('a.txt', 'one\ntwo\nthree\n')
  fixture.write('.gitattributes', '*.txt -diff\n')
  const base = fixture.commit()
  fixture.write('a.txt', 'one\nTWO\nthree\n')
  const made = fixture.commit()
  const tree = fixture.git('rev-parse', `${made}^{tree}`)
  const facts = await git.commitFacts(fixture.directory, made, new Uint8Array())
  if (!facts.ok) throw new Error(facts.failure.message)
  const { patch } = facts.value
  const report = { ...gates, patch: digestOf(patch) }
  const agreed = {
    ...approval,
    base,
    tree,
    patchDigest: digestOf(patch),
    gateReportDigest: gateReportDigest(report),
  }
  const { approver } = agreed
  const object = [
    `tree ${tree}`,
    `parent ${base}`,
    `author ${approver.name} <${approver.email}> 1769860800 +0000`,
    'committer Airlock <airlock@localhost> 1769860800 +0000',
    '',
    commitMessage(agreed),
  ].join('\n')
  const commit = fixture.git('hash-object', '-t', 'commit', '-w', await file('object', utf8(object)))
  fixture.git('branch', 'published', commit)
  const published = { parent: base, tree, patch }
  const { bundle } = await evidenceOf({
    ...plain,
    approval: agreed,
    gates: report,
    patch,
    published,
    commit: { id: commit, object: utf8(object) },
  })
  const key = await file('airlock.pub', utf8(verifierText(signer.key)))
  return { repository: fixture.directory, commit, bundle, key }
}

async function file(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(temporaryDirectory(), name)
  await writeFile(path, bytes)
  return path
}
