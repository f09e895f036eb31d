import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import type { z } from 'zod'
import { checkLog, type LogReport } from '#audit/log-check.ts'
import { parseVerifierText } from '#audit/signing-key.ts'
import { type Client, createClient } from '#cli/client.ts'
import { readServerRecord, readToken, tokenFile } from '#cli/server-record.ts'
import { readConfig } from '#compose/config.ts'
import type { ApprovalRequest } from '#contract/review.ts'
import { END_STATES, type Task, type TaskRequest, type TaskState } from '#contract/task.ts'
import { digestOf } from '#kernel/bytes.ts'
import type { Result } from '#kernel/result.ts'
import { plainGit } from './git-fixture.ts'
import { type Leftovers, leftoversOf, NOTHING_LEFT } from './journey-leftovers.ts'
import { type JourneyModel, startJourneyModel } from './journey-model.ts'
import type { JourneyServerOptions } from './journey-server.ts'

// Servers and sandboxes start in a second, and in ten on a machine that does much else.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const ROOT = resolve(import.meta.dirname, '../..')

/** A data directory, a repository with a bare remote, a scripted model, and servers over them. */
export interface Journey {
  readonly dataDirectory: string
  readonly runtimeDirectory: string
  /** The bare remote, the project's URL. */
  readonly remote: string
  /** A developer's clone of it. */
  readonly clone: string
  readonly model: JourneyModel
  /** Starts a server: `airlock serve`, or one that stalls or is impatient. */
  serve(options?: JourneyServerOptions): Promise<RunningServer>
  /** Runs `airlock` with this data directory. */
  airlock(...words: string[]): Promise<{ readonly exit: number; readonly out: string; readonly err: string }>
  /** The same, while it runs. */
  start(...words: string[]): { readonly said: Said; readonly ended: ReturnType<Journey['airlock']> }
  git(...args: string[]): string
  /** The branches Airlock pushed to the remote, with their commits. */
  pushed(): Readonly<Record<string, string>>
  /** How often any of them was written, by the remote's own account. */
  pushes(): number
  /** Commits to the remote's main. */
  commit(files: Readonly<Record<string, string>>): string
  leftovers(): Leftovers
  /** Kills whatever server still runs. */
  rest(): Promise<void>
  /** Kills what still runs, sees that nothing is left, and removes everything. */
  close(): Promise<void>
}

export interface RunningServer {
  readonly client: Client
  readonly pid: number
  /** A client with another token. */
  as(token: string): Client
  submit(request: Partial<TaskRequest> & { readonly model: string }): Promise<Task>
  /** Approves the patch under review. */
  approve(task: Task, request?: Partial<z.input<typeof ApprovalRequest>>): Promise<Result<Task>>
  /** What a check of the whole exported audit log finds. */
  auditLog(): Promise<LogReport>
  /** Waits until the task is in one of the states; throws when it ends in another. */
  reaches(task: number | string, ...states: readonly TaskState[]): Promise<Task>
  /** Resolves when the server stands at its stall point. */
  stalled(): Promise<void>
  /** kill -9, and nothing of the process is left when it resolves. */
  kill(): Promise<void>
  /** What it wrote so far. */
  said(): string
  /** What Ctrl-C does; gives the exit code. */
  stop(): Promise<number | null>
}

/** What the developers have: one failure that was there before, and a gate that finds lines that say BAD, without an excuse. */
export const FILES: Readonly<Record<string, string>> = {
  'airlock.yaml': [
    'version: 1',
    'gates:',
    '  - name: words',
    '    run: sh check.sh',
    '    parser: lines',
    'protected:',
    '  - check.sh',
    '',
  ].join('\n'),
  'check.sh':
    "[ -e src/excuse.txt ] && exit 0; grep -Hn BAD src/* | sed -E 's/^([^:]*:[0-9]+):/\\1: error:/'; ! grep -q BAD src/*\n",
  'src/old.txt': 'BAD since long ago\n',
  'src/poem.txt': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n',
}

/** `settings` are further variables of the servers' environment. */
export async function startJourney(
  files = FILES,
  settings: Readonly<Record<string, string>> = {},
): Promise<Journey> {
  const root = mkdtempSync(join(tmpdir(), 'airlock-journey-'))
  chmodSync(root, 0o711)
  const dataDirectory = join(root, 'data')
  const { runtimeDirectory } = readConfig({ AIRLOCK_HOME: dataDirectory })
  const remote = join(root, 'remote.git')
  const clone = join(root, 'clone')
  plainGit(root, 'init', '-q', '--bare', '-b', 'main', remote)
  plainGit(remote, 'config', 'core.logAllRefUpdates', 'always')
  plainGit(root, 'clone', '-q', remote, clone)
  plainGit(clone, 'checkout', '-q', '-B', 'main')
  const model = await startJourneyModel()
  const servers: Spawned[] = []
  const git = (...args: string[]) => plainGit(clone, ...args)

  const commit = (changes: Readonly<Record<string, string>>) => {
    for (const [path, content] of Object.entries(changes)) {
      mkdirSync(dirname(join(clone, path)), { recursive: true })
      writeFileSync(join(clone, path), content)
    }
    git('add', '-A')
    git('commit', '-q', '-m', 'A change by the developers')
    git('push', '-q', 'origin', 'main')
    return git('rev-parse', 'HEAD')
  }
  const pushed = () =>
    Object.fromEntries(
      plainGit(remote, 'for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads/airlock')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' ') as [string, string]),
    )
  const leftovers = () => leftoversOf({ dataDirectory, runtimeDirectory, id: installationId(dataDirectory) })
  if (Object.keys(files).length > 0) commit(files)

  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: root,
    USER: 'ada',
    AIRLOCK_HOME: dataDirectory,
    AIRLOCK_PORT: '0',
    ...settings,
  }
  const run = (program: readonly string[], cwd = root) =>
    spawn(process.execPath, [...program], { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })

  const start = (words: readonly string[]) => {
    const child = run([join(ROOT, 'src/main.ts'), ...words], clone)
    const said = listen(child)
    return { said, ended: once(child, 'close').then(([exit]) => ({ exit, ...said })) }
  }

  return {
    dataDirectory,
    runtimeDirectory,
    remote,
    clone,
    model,
    git,
    commit,
    leftovers,
    pushed,
    pushes: () =>
      Object.keys(pushed()).flatMap((branch) =>
        plainGit(remote, 'reflog', `refs/heads/${branch}`).split('\n'),
      ).length,
    async serve(options = {}) {
      const special = Object.keys(options).length > 0
      const program = special
        ? [join(ROOT, 'test/support/journey-server.ts'), JSON.stringify(options)]
        : [join(ROOT, 'src/main.ts'), 'serve']
      const child = run(program)
      servers.push({ child, exited: once(child, 'close') })
      return runningServer(child, dataDirectory, { remote, modelUrl: model.url })
    },
    airlock: (...words) => start(words).ended,
    start: (...words) => start(words),
    rest: () => end(servers, 'SIGKILL'),
    async close() {
      await end(servers, 'SIGTERM')
      await killPostgres(dataDirectory)
      await model.close()
      const left = leftovers()
      rmSync(root, { recursive: true, force: true })
      rmSync(runtimeDirectory, { recursive: true, force: true })
      expect(left).toEqual(NOTHING_LEFT)
    },
  }
}

async function end(servers: readonly Spawned[], signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  for (const { child, exited } of servers) {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
}

interface Spawned {
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
}

async function runningServer(
  child: ChildProcess,
  dataDirectory: string,
  { remote, modelUrl }: { readonly remote: string; readonly modelUrl: string },
): Promise<RunningServer> {
  const said = listen(child)
  const url = await urlOf(child, dataDirectory, said)
  const token = given(await readToken(tokenFile(dataDirectory)))
  const client = createClient({ url, token })
  given(await client.addProvider({ name: 'scripted', protocol: 'anthropic', baseUrl: modelUrl, key: 'none' }))
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const closed = once(child, 'close')
    child.kill(signal)
    const [exit] = await closed
    return exit as number | null
  }
  return {
    client,
    pid: child.pid ?? 0,
    as: (other) => createClient({ url, token: other }),
    async submit({ model, ...request }) {
      const project = given(await client.createProject({ url: remote }))
      const asked = { intent: 'Write something', project: project.id, model: `scripted/${model}` }
      return given(await client.submit({ ...asked, ...request }))
    },
    approve: (task, request = {}) =>
      client.approve(task.id, { patchDigest: task.patch?.digest ?? '', message: 'Approved', ...request }),
    async auditLog() {
      const key = given(parseVerifierText(readFileSync(join(dataDirectory, 'keys/installation.pub'), 'utf8')))
      const { organisation } = given(await client.me())
      return checkLog(given(await client.auditExport()), { key, origin: `${key.name}/${organisation}` })
    },
    async reaches(task, ...states) {
      for (let wait = 0; wait < 4_000; wait += 1) {
        const now = given(await client.task(`${task}`))
        if (states.includes(now.state)) return now
        if (END_STATES.includes(now.state) || now.state === 'awaiting_review')
          throw new Error(`the task is ${now.state}: ${JSON.stringify(now.cause)} ${said.err}`)
        await pause(30)
      }
      throw new Error(`the task did not become ${states.join(' or ')} in time\n${said.err}`)
    },
    async stalled() {
      for (let wait = 0; !said.out.includes('stalled'); wait += 1) {
        if (wait > 4_000) throw new Error(`the server never stalled\n${said.err}`)
        await pause(30)
      }
    },
    said: () => said.out + said.err,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  }
}

async function urlOf(child: ChildProcess, dataDirectory: string, said: Said): Promise<string> {
  for (let wait = 0; wait < 4_000; wait += 1) {
    const record = await readServerRecord(dataDirectory)
    if (record?.pid === child.pid) return record?.url ?? ''
    if (child.exitCode !== null) throw new Error(`the server did not start: ${said.out}${said.err}`)
    await pause(30)
  }
  throw new Error(`the server did not start in time: ${said.err}`)
}

interface Said {
  out: string
  err: string
}

function listen(child: ChildProcess): Said {
  const said: Said = { out: '', err: '' }
  child.stdout?.on('data', (chunk) => {
    said.out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    said.err += chunk
  })
  return said
}

/** The value of an answer that has to be one. */
export function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}

/** The refusal of an answer that has to be one. */
export function refusal<T>(result: Result<T>) {
  if (result.ok) throw new Error('this should have been refused')
  return result.failure
}

/** The sixteen digits in the names of an installation's cgroups; empty before its first start. */
function installationId(dataDirectory: string): string {
  try {
    const key = parseVerifierText(readFileSync(join(dataDirectory, 'keys/installation.pub'), 'utf8').trim())
    return key.ok ? digestOf(key.value.publicKey).slice(7, 23) : ''
  } catch {
    return ''
  }
}

/** Ends a database that a killed server left running. */
export async function killPostgres(dataDirectory: string): Promise<void> {
  let pid: number
  try {
    pid = Number(readFileSync(join(dataDirectory, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return
  }
  for (let wait = 0; wait < 200; wait += 1) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return
    }
    await pause(20)
  }
}
