import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Door } from '#cli/client.ts'
import { readServerRecord, readToken, tokenFile } from '#cli/server-record.ts'
import { readConfig } from '#compose/config.ts'

export interface BenchServer {
  readonly door: Door
  /** Everything below is removed when the server stops. */
  readonly directory: string
  stop(): Promise<void>
}

/** `airlock serve` as a process of its own, on a data directory of its own. */
export async function startBenchServer(): Promise<BenchServer> {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-bench-'))
  await chmod(directory, 0o711)
  const dataDirectory = join(directory, 'data')
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../src/main.ts'), 'serve'], {
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      USER: 'bench',
      AIRLOCK_HOME: dataDirectory,
      AIRLOCK_PORT: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const url = await urlOf(dataDirectory, () => child.exitCode !== null)
  const token = await readToken(tokenFile(dataDirectory))
  if (!token.ok) throw new Error(token.failure.message)
  return {
    door: { url, token: token.value },
    directory,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'close')
      await rm(readConfig({ AIRLOCK_HOME: dataDirectory }).runtimeDirectory, { recursive: true, force: true })
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function urlOf(dataDirectory: string, hasEnded: () => boolean): Promise<string> {
  for (let wait = 0; wait < 1_200; wait += 1) {
    const record = await readServerRecord(dataDirectory)
    if (record !== undefined) return record.url
    if (hasEnded()) throw new Error('the server did not start')
    await pause(50)
  }
  throw new Error('the server did not start in time')
}
