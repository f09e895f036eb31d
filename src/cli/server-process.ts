import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { CHALLENGE_HEADER, provesServer } from '#identity/server-proof.ts'
import type { Failure } from '#kernel/failure.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { CliDependencies } from './dependencies.ts'
import { logFile, readServerRecord, type ServerRecord } from './server-record.ts'
import { manyLines } from './terminal/safe-text.ts'

const PATIENCE_MILLISECONDS = 90_000
const LOOK_EVERY_MILLISECONDS = 100
const LOG_LINES = 15

/** The server of the data directory, if one runs there and proves to be it. */
export async function runningServer({
  dataDirectory,
  random,
}: Pick<CliDependencies, 'dataDirectory' | 'random'>): Promise<ServerRecord | undefined> {
  const record = await readServerRecord(dataDirectory)
  return record !== undefined && (await proves(record, random)) ? record : undefined
}

/** Starts a server that outlives this process and waits until it answers. `progress` is told how long it takes. */
export async function startInBackground(
  dependencies: CliDependencies,
  progress: (seconds: number) => void,
): Promise<Result<ServerRecord>> {
  const { dataDirectory, mainFile, environment, clock } = dependencies
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  const log = await open(logFile(dataDirectory), 'a', 0o600)
  const began = clock()
  const child = spawn(process.execPath, [mainFile, 'serve'], {
    detached: true,
    cwd: '/',
    env: environment,
    stdio: ['ignore', log.fd, log.fd],
  })
  await log.close()
  child.unref()
  const gone = exitOf(child)
  while (clock() - began < PATIENCE_MILLISECONDS) {
    const record = await runningServer(dependencies)
    if (record !== undefined) return ok(record)
    const code = await Promise.race([gone, sleep(LOOK_EVERY_MILLISECONDS, undefined)])
    if (code !== undefined) return refused(await diedEarly(dataDirectory, code))
    progress((clock() - began) / 1000)
  }
  return refused(await tooSlow(dataDirectory))
}

/** Waits until the process of the server is gone. False when it still is there after the time. */
export async function waitUntilGone(record: ServerRecord, milliseconds: number): Promise<boolean> {
  for (let waited = 0; waited < milliseconds; waited += LOOK_EVERY_MILLISECONDS) {
    if (!isAlive(record.pid)) return true
    await sleep(LOOK_EVERY_MILLISECONDS)
  }
  return false
}

async function proves({ url, secret }: ServerRecord, random: RandomBytes): Promise<boolean> {
  const challenge = Buffer.from(random(32)).toString('hex')
  try {
    const response = await fetch(new URL('/health', url), {
      signal: AbortSignal.timeout(2_000),
      redirect: 'error',
      headers: { [CHALLENGE_HEADER]: challenge },
    })
    const said: unknown = await response.json()
    const proof = typeof said === 'object' && said !== null && 'proof' in said ? said.proof : undefined
    return provesServer(proof, secret, challenge)
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function exitOf(child: ChildProcess): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>()
  child.once('error', () => resolve(1))
  child.once('exit', (code) => resolve(code ?? 1))
  return promise
}

async function diedEarly(dataDirectory: string, code: number): Promise<Failure> {
  return {
    code: 'server_unreachable',
    message: `The server ended while it was starting (exit code ${code}).`,
    remedy: 'Mend what its last words name, or run `airlock up` to see it start.',
    details: { log: logFile(dataDirectory), lastWords: await lastWords(dataDirectory) },
  }
}

async function tooSlow(dataDirectory: string): Promise<Failure> {
  return {
    code: 'server_unreachable',
    message: 'The server did not answer in time.',
    remedy: 'See server.log, or run `airlock up` to watch it start.',
    details: { log: logFile(dataDirectory), lastWords: await lastWords(dataDirectory) },
  }
}

async function lastWords(dataDirectory: string): Promise<string> {
  const text = await readFile(logFile(dataDirectory), 'utf8').catch(() => '')
  return manyLines(text.trimEnd().split('\n').slice(-LOG_LINES).join('\n'))
}
