import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tryInThread } from '#compose/policy-trial/try-in-thread.ts'

const POLICIES = join(import.meta.dirname, '../../policies')
const NIGHT = {
  name: 'night',
  text: readFileSync(join(POLICIES, 'night.cedar'), 'utf8'),
  examples: readFileSync(join(POLICIES, 'night.examples.yaml'), 'utf8'),
}

function program(text: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`)
}

test('policies are tried in a thread, with what they change and why they are wrong', async () => {
  const tried = await tryInThread([], [NIGHT], 'usr_a')
  expect(tried).toMatchObject({ ok: true, value: { questions: expect.any(Number) } })
  expect(tried.ok && tried.value.changes.join()).toContain('newly refuses review.approve')
  const wrong = { ...NIGHT, examples: NIGHT.examples.replace('expect: deny', 'expect: allow') }
  expect(await tryInThread([], [wrong], 'usr_a')).toMatchObject({
    ok: false,
    failure: { rule: 'policy.examples' },
  })
})

test.each([
  ['never ends', 'for (;;);'],
  ['takes all memory', 'const all = []; for (;;) all.push(new Array(1e6).fill(all.length))'],
  ['dies', 'process.exit(3)'],
  ['throws', 'throw new Error("no")'],
])('a trial that %s is refused, and the server goes on meanwhile', async (_, text) => {
  let ticks = 0
  const timer = setInterval(() => ticks++, 20)
  const tried = await tryInThread([], [NIGHT], 'usr_a', program(text), 1_500)
  clearInterval(timer)
  expect(tried).toMatchObject({ ok: false, failure: { rule: 'policy.trial' } })
  expect(ticks).toBeGreaterThan(0)
})
