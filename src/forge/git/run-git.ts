import { spawn } from 'node:child_process'
import { AirlockError, type Failure, failureOf } from '#kernel/failure.ts'

/** One run of git by the host, on a git directory that nobody but the host can write. */
export interface GitCall {
  readonly gitDirectory?: string
  readonly args: readonly string[]
  /** Further `key=value` settings; they win over the fixed ones. */
  readonly config?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: Uint8Array
  readonly maxOutput?: number
  readonly milliseconds?: number
  readonly signal?: AbortSignal
}

/** How it ended; the first cause wins. `stderr` is for people: cut, without control characters. */
export interface GitOutcome {
  readonly ended: 'exited' | 'timed_out' | 'output_exhausted' | 'aborted'
  readonly exitCode: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** Where programs of the host are looked for: never the environment's own PATH. */
export const HOST_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const MiB = 1024 * 1024
const DEFAULT_OUTPUT = 256 * MiB
const DEFAULT_MILLISECONDS = 10 * 60 * 1000
const STDERR_BYTES = 64 * 1024

/** Runs git with every setting of the machine, the user and the repository's neighbours shut out. */
export function runGit(call: GitCall): Promise<GitOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...settings(call), ...call.args], {
      env: { ...ENVIRONMENT, ...directory(call), ...call.environment },
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // its own process group: ssh and http helpers end with it
    })
    // First of all: a child that could not be started, where no descriptor is left, has nothing else to listen to.
    child.on('error', (cause) => {
      clearTimeout(timer)
      call.signal?.removeEventListener('abort', abort)
      reject(gitMissing(cause))
    })
    const timer = setTimeout(() => end('timed_out'), call.milliseconds ?? DEFAULT_MILLISECONDS)
    const abort = () => end('aborted')
    if (child.pid === undefined) return
    let ended: GitOutcome['ended'] | undefined
    const end = (cause: GitOutcome['ended']) => {
      ended ??= cause
      if (child.pid !== undefined) killGroup(child.pid)
    }
    const stdout: Buffer[] = []
    let size = 0
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > (call.maxOutput ?? DEFAULT_OUTPUT)) end('output_exhausted')
      else stdout.push(chunk)
    })
    let stderr = Buffer.alloc(0)
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < STDERR_BYTES) stderr = Buffer.concat([stderr, chunk])
    })
    call.signal?.addEventListener('abort', abort, { once: true })
    if (call.signal?.aborted) abort()
    child.on('close', (code) => {
      clearTimeout(timer)
      call.signal?.removeEventListener('abort', abort)
      resolve({
        ended: ended ?? 'exited',
        exitCode: ended === undefined ? (code ?? 128) : 128,
        stdout: Buffer.concat(stdout),
        stderr: plainWords(stderr),
      })
    })
    child.stdin.on('error', () => {}) // git may end before it has read everything; its exit code tells
    child.stdin.end(call.input)
  })
}

/** Runs git where only a bug or a broken host can make it fail; throws then. */
export async function git(call: GitCall): Promise<Buffer> {
  const outcome = await runGit(call)
  if (outcome.ended === 'exited' && outcome.exitCode === 0) return outcome.stdout
  throw new AirlockError(
    diskFull(outcome) ?? {
      code: 'internal',
      message: `git ${call.args[0]} did not work (${outcome.ended}, exit code ${outcome.exitCode}).`,
      details: { stderr: outcome.stderr.slice(0, 2_000) },
    },
  )
}

/** What git says of the host's own disk; what a remote says of its disk is marked as its words and does not count. */
export function diskFull({ stderr }: GitOutcome): Failure | undefined {
  if (!/^(?!remote:).*No space left on device/m.test(stderr)) return undefined
  return failureOf(Object.assign(new Error(stderr.slice(0, 2_000)), { code: 'ENOSPC' }))
}

/** Text from a remote or a tool, fit to be shown: no control characters, no escape sequences, at most 2,000 characters. */
export function plainWords(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('utf8')
    .replaceAll('\r', '\n')
    .replaceAll(/[^\P{C}\n\t]/gu, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim()
    .slice(0, 2_000)
}

const ENVIRONMENT = {
  PATH: HOST_PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  TZ: 'UTC',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '/bin/false',
  GIT_PAGER: 'cat',
  GIT_EDITOR: 'false',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1', // unknown to some versions of git: the next line holds without it
  GIT_ALLOW_PROTOCOL: 'none', // wins over every protocol.<name>.allow that a repository sets
  GIT_LITERAL_PATHSPECS: '1',
  GIT_OPTIONAL_LOCKS: '0',
}

/** Command-line settings win over any file; they also reach the programs git starts on this side. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.autocrlf=false',
  'core.quotePath=true',
  'core.ignoreCase=false',
  'core.precomposeUnicode=false',
  'core.symlinks=true',
  'core.fileMode=true',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'core.untrackedCache=false',
  'core.splitIndex=false',
  'core.fsync=none', // a lost object is fetched or made again; the approval is what must last
  'protocol.version=2',
  'credential.helper=',
  'transfer.fsckObjects=true',
  'transfer.credentialsInUrl=die',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'push.recurseSubmodules=no',
  'push.followTags=false',
  'push.gpgSign=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'advice.detachedHead=false',
]

function settings(call: GitCall): string[] {
  return [...SETTINGS, ...(call.config ?? [])].flatMap((setting) => ['-c', setting])
}

function directory(call: GitCall): Record<string, string> {
  return call.gitDirectory === undefined ? {} : { GIT_DIR: call.gitDirectory }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended already
  }
}

function gitMissing(cause: Error): AirlockError {
  return new AirlockError(
    {
      code: 'internal',
      message: 'git could not be started on the host.',
      remedy: 'Install git 2.38 or newer and see that it is in /usr/bin or /usr/local/bin.',
    },
    { cause },
  )
}
