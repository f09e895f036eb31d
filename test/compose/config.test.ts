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
