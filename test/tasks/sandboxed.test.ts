import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createFakeDriver } from '#sandbox/fake/driver.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { sandboxed } from '#tasks/sandboxed.ts'

test('output that its reader chokes on ends that sandbox alone, and is told to whoever waits for it', async () => {
  const driver = createFakeDriver({
    stopwatch: () => 0,
    program: async ({ write, signal }) => {
      for (const line of ['good', 'bad', 'more']) write('stdout', line)
      await once(signal, 'abort')
      return 0
    },
  })
  const read: string[] = []
  const running = sandboxed(
    { driver, random: (size) => randomBytes(size) },
    {
      phase: 'run',
      command: ['/bin/agent'],
      workspace: { source: '/nowhere', target: '/workspace', writable: 'all' },
      workingDirectory: '/workspace',
      environment: {},
      mounts: [],
      limits: DEFAULT_LIMITS,
      onOutput: (_, chunk) => {
        read.push(Buffer.from(chunk).toString())
        if (read.at(-1) === 'bad') throw new RangeError('Maximum call stack size exceeded')
      },
    },
    new AbortController().signal,
  )
  await expect(running).rejects.toThrow('Maximum call stack')
  expect(read).toEqual(['good', 'bad'])
})
