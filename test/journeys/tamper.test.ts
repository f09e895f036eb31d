import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EvidenceBundle } from '#audit/bundle.ts'
import { generateSigningKey, parseSigningKey, verifierText } from '#audit/signing-key.ts'
import { given, type Journey, startJourney } from '#test/support/journey.ts'
import { edit } from '#test/support/journey-model.ts'

let journey: Journey
let commit: string
let bundle: EvidenceBundle
beforeAll(async () => {
  journey = await startJourney()
  const server = await journey.serve()
  journey.model.play('work', [edit('src/poem.txt', 'two\n', 'TWO\n')])
  const task = await server.submit({ model: 'work' })
  given(await server.approve(await server.reaches(task.number, 'awaiting_review')))
  commit = (await server.reaches(task.number, 'published')).publication?.commit ?? ''
  await server.stop()
  journey.git('fetch', '-q')
  bundle = JSON.parse(readFileSync(join(journey.dataDirectory, 'evidence', `${commit}.json`), 'utf8'))
})
afterAll(() => journey.close())

test('an untouched commit verifies without a server', async () => {
  expect(await verify(commit, bundle)).toEqual({ exit: 0, failed: [] })
})

test.for<[string, string, (bundle: EvidenceBundle) => void]>([
  ['the stored patch', 'patch', (bundle) => flip(bundle, 'patch')],
  ['the approval', 'approval', ({ approval }) => flip(approval, 'payload')],
  ['its signature', 'approval', ({ approval }) => flip(approval.signatures[0], 'sig')],
  ['the statement', 'statement', ({ statement }) => flip(statement, 'payload')],
  ['a log entry', 'log', ({ log }) => flip(log.entries[0], 'entry')],
  [
    'its proof',
    'log',
    ({ log }) => {
      const [proof] = log.entries.map((entry) => entry.proof)
      if (proof !== undefined) proof[0] = flipped(proof[0])
    },
  ],
  [
    'the gate report',
    'gates',
    ({ gates }) => {
      gates.verdict = 'no_gates'
    },
  ],
  [
    'the checkpoint',
    'checkpoint',
    ({ log }) => {
      log.checkpoint = log.checkpoint.replace(/\n(\d+)\n/, '\n9$1\n')
    },
  ],
])('one changed byte in %s is found, and named', async ([, part, tamper]) => {
  const changed = structuredClone(bundle)
  tamper(changed)
  expect(changed).not.toEqual(bundle)
  const { exit, failed } = await verify(commit, changed)
  expect(exit).toBe(13)
  expect(failed).toContain(part)
})

test.for<[string, () => void, string]>([
  ['tree', () => changeFile(), 'patch'],
  ['author', () => amend('--author', 'Mallory <mallory@example.test>'), 'author'],
  ['message', () => amend('--message', 'Something else'), 'author'],
])('a commit with another %s is not the approved one', async ([, change, part]) => {
  journey.git('checkout', '-q', '--detach', commit)
  change()
  const { exit, failed } = await verify(journey.git('rev-parse', 'HEAD'), bundle)
  expect(exit).toBe(13)
  expect(failed).toEqual(expect.arrayContaining(['commit', part]))
})

test('evidence made with another key is not believed, however whole it is', async () => {
  const other = given(
    parseSigningKey(
      generateSigningKey((size) => randomBytes(size)),
      'other',
    ),
  )
  const key = join(journey.clone, '../other.pub')
  writeFileSync(key, `${verifierText(other.key)}\n`)
  const { exit, failed } = await verify(commit, bundle, '--key', key)
  expect(exit).toBe(13)
  expect(failed).toEqual(expect.arrayContaining(['key', 'statement', 'approval', 'checkpoint']))
})

async function verify(id: string, evidence: EvidenceBundle, ...options: string[]) {
  const file = join(journey.clone, '../evidence.json')
  writeFileSync(file, JSON.stringify(evidence))
  const { exit, out } = await journey.airlock('verify', id, '--bundle', file, '--json', ...options)
  const { checks } = JSON.parse(out) as { checks: { name: string; status: string }[] }
  return { exit, failed: checks.filter(({ status }) => status === 'fail').map(({ name }) => name) }
}

/** The same base64 text with one bit of a byte in the middle changed. */
function flipped(base64 = ''): string {
  const bytes = Buffer.from(base64, 'base64')
  const middle = Math.floor(bytes.length / 2)
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle)
  return bytes.toString('base64')
}

function flip<Key extends string>(holder: { [key in Key]: string } | undefined, key: Key): void {
  if (holder === undefined) throw new Error('there is nothing to change')
  holder[key] = flipped(holder[key])
}

function amend(...how: string[]): void {
  journey.git('commit', '-q', '--amend', '--no-edit', ...how)
}

function changeFile(): void {
  writeFileSync(join(journey.clone, 'src/poem.txt'), 'something else\n')
  amend('--all')
}
