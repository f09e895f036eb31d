import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { EXIT_CODE } from '#cli/exit-code.ts'
import { exitCodeOf } from '#cli/task-outcome.ts'
import { TASK_STATES } from '#contract/task.ts'
import { aTask } from '../http/fake-application.ts'

test('docs/cli.md tells the exit code of every failure code', () => {
  const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  const told = [...page.matchAll(/^\| (\d+) \| (.*) \|$/gm)].flatMap(([, exit, text]) =>
    [...(text ?? '').matchAll(/`([a-z_]+)`/g)].map(([, code]) => [code ?? '', Number(exit)] as const),
  )
  const commands = ['run', 'watch']
  expect(Object.fromEntries(told.filter(([code]) => !commands.includes(code)))).toEqual(EXIT_CODE)
})

test('who waits for a task is told how it ended', () => {
  const codes = TASK_STATES.map((state) => [state, exitCodeOf(aTask(1, { state }))])
  expect(Object.fromEntries(codes.filter(([, code]) => code !== 0))).toEqual({
    failed: 7,
    stopped: 8,
    cancelled: 7,
  })
  const cause = { code: 'time_exhausted' as const, message: 'The time is over.' }
  expect(exitCodeOf(aTask(1, { state: 'failed', cause }))).toBe(8)
})
