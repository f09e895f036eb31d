import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkGuards } from '#compose/guards-check/check-guards.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airlock-check-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

/** What a check comes to whose thread runs this program. */
async function checked(name: string, program: string) {
  const file = join(directory, `${name}.mjs`)
  await writeFile(file, `import { parentPort } from 'node:worker_threads'\n${program}\n`)
  const problems: string[] = []
  const check = checkGuards((message) => problems.push(message), pathToFileURL(file))
  await check.done()
  return { may: check.mayJudge(), problems }
}

test('every rule of every guard does what its examples say, in a thread that nobody waits for', async () => {
  const problems: string[] = []
  const check = checkGuards((message) => problems.push(message))
  expect(check.mayJudge().ok).toBe(true)
  await check.done()
  expect({ may: check.mayJudge(), problems }).toEqual({ may: { ok: true, value: undefined }, problems: [] })
})

test.each([
  ['says-so', `parentPort.postMessage(['a rule no longer finds "x"'])`, 'a rule no longer finds "x"'],
  ['says-nothing-we-know', `parentPort.postMessage('all is well')`, 'could not be checked'],
  ['dies', `throw new Error('no parser')`, 'could not be checked'],
  ['ends-without-a-word', '', 'could not be checked'],
])('a check that %s is told, and no guard gives a verdict any more', async (name, program, said) => {
  const { may, problems } = await checked(name, program)
  expect(problems).toEqual([expect.stringContaining(said)])
  expect(may).toMatchObject({ ok: false, failure: { code: 'verification_failed', rule: 'guards.examples' } })
})

test('a server that stops before the end is not told of a failure', async () => {
  const problems: string[] = []
  const check = checkGuards((message) => problems.push(message))
  await check.stop()
  await check.done()
  expect(problems).toEqual([])
})
