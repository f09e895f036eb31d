import { expect, test } from 'vitest'
import { readConfig } from '#compose/config.ts'
import { AirlockError } from '#kernel/failure.ts'

const sandboxOf = (environment: NodeJS.ProcessEnv) => {
  try {
    return readConfig({ AIRLOCK_HOME: '/nowhere', ...environment }).sandbox
  } catch (error) {
    return error instanceof AirlockError ? error.failure.message : error
  }
}

test('the sandbox is named in one word, and a word that names none is refused', () => {
  expect(sandboxOf({})).toEqual({ kind: 'bubblewrap' })
  expect(sandboxOf({ AIRLOCK_SANDBOX: 'bubblewrap' })).toEqual({ kind: 'bubblewrap' })
  expect(sandboxOf({ AIRLOCK_SANDBOX: 'container' })).toEqual({
    kind: 'container',
    runner: '/run/airlock-runner.sock',
  })
  expect(sandboxOf({ AIRLOCK_SANDBOX: 'container', AIRLOCK_SANDBOX_RUNNER: '/x.sock' })).toEqual({
    kind: 'container',
    runner: '/x.sock',
  })
  for (const word of ['none', 'docker', 'Container', 'container,bubblewrap', ' bubblewrap'])
    expect(sandboxOf({ AIRLOCK_SANDBOX: word })).toBe(`AIRLOCK_SANDBOX names no sandbox: ${word}`)
  expect(sandboxOf({ AIRLOCK_SANDBOX: 'container', AIRLOCK_SANDBOX_RUNNER: 'x.sock' })).toBe(
    'AIRLOCK_SANDBOX_RUNNER is no absolute path: x.sock',
  )
})

test('workspaces are kept for a day at most unless an administrator says otherwise, and never for more than a week', () => {
  const most = (AIRLOCK_PRESERVE_MAX?: string) => {
    try {
      return readConfig({
        AIRLOCK_HOME: '/x',
        ...(AIRLOCK_PRESERVE_MAX === undefined ? {} : { AIRLOCK_PRESERVE_MAX }),
      }).preserveMaximum
    } catch (thrown) {
      return thrown instanceof Error ? thrown.message : ''
    }
  }
  expect([undefined, '', '0', '90s', '30m', '2h', '7d'].map(most)).toEqual([
    ...[86_400, 86_400, 0, 90, 1_800, 7_200, 604_800],
  ])
  for (const text of ['8d', '169h', '5', '-1h', '1.5h', 'ever', '1w', ' 1h'])
    expect(most(text)).toBe(`AIRLOCK_PRESERVE_MAX is not a time: ${text}`)
})
