import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { type Failure, failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Sandbox, SandboxSpec } from '../driver.ts'
import type { Cgroup } from './cgroup.ts'
import type { Ground } from './ground.ts'
import type { Pipe } from './pipes.ts'
import { profileOptions } from './profile.ts'
import { rlimitOptions } from './rlimits.ts'
import { type Exit, runningSandbox } from './running-sandbox.ts'

export interface Launched {
  readonly child: ChildProcess
  readonly sandbox: Sandbox
}

const OPTIONS = 3
const FILTER = 4
const STATUS = 5

const OUT_OF_MEMORY_SCORE = '500'

/**
 * Starts one bwrap. It first waits for its options on a pipe, which is filled only after it was put into its cgroup:
 * no instruction of the profile, and nothing inside, ever runs outside the limits. Must be called on the main thread,
 * because --die-with-parent watches the thread that started the process.
 */
export async function launch(ground: Ground, spec: SandboxSpec): Promise<Result<Launched>> {
  const gone = [ground.bwrap, ground.prlimit].find((program) => !existsSync(program))
  if (gone !== undefined) return refused(vanished(gone))
  const pipes = await ground.pipes.take(3).catch(failureOf)
  if (!Array.isArray(pipes)) return refused(pipes)
  let cgroup: Cgroup | undefined
  try {
    cgroup = ground.cgroups?.create(`${ground.cgroupPrefix}${spec.id}`, spec.limits)
    return ok(await startIn(ground, spec, pipes, cgroup))
  } catch (error) {
    await cgroup?.remove()
    return refused({
      code: 'sandbox_failed',
      message: 'The sandbox could not be started.',
      details: { cause: error instanceof Error ? error.message : String(error) },
    })
  }
}

/** Programs are found once; an upgrade of the host may take them away for a moment or for good. */
function vanished(program: string): Failure {
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.host',
    message: `${program} is not there any more.`,
    remedy:
      'Install it again (apt-get install bubblewrap util-linux), then retry; the server need not be restarted.',
  }
}

async function startIn(
  ground: Ground,
  spec: SandboxSpec,
  [input, stdout, stderr]: Pipe[],
  cgroup: Cgroup | undefined,
): Promise<Launched> {
  if (input === undefined || stdout === undefined || stderr === undefined)
    throw new Error('three pipes are needed')
  const child = spawnBwrap(ground, spec, [input.read, stdout.write, stderr.write], cgroup === undefined)
  const exit = exitOf(child)
  for (const descriptor of [input.read, stdout.write, stderr.write]) closeSync(descriptor)
  const fault = await faultOf(child, cgroup)
  if (fault !== undefined) {
    for (const descriptor of [input.write, stdout.read, stderr.read]) closeSync(descriptor)
    throw fault
  }
  const [, , , optionsPipe, filterPipe, statusPipe] = child.stdio as readonly unknown[]
  const profile = profileOptions(spec, ground.host, ground.files, { seccomp: FILTER, status: STATUS })
  const options = ground.weakening.options?.(profile) ?? profile
  feed(optionsPipe as Writable, Buffer.from(options.map((option) => `${option}\0`).join('')))
  feed(filterPipe as Writable, ground.filter)
  feed(new Socket({ fd: input.write, readable: false, writable: true }), spec.input ?? new Uint8Array())
  const sandbox = runningSandbox({
    spec,
    child,
    exit,
    status: statusPipe as Readable,
    stdout: stdout.read,
    stderr: stderr.read,
    cgroup,
    stopwatch: ground.stopwatch,
  })
  return { child, sandbox }
}

function spawnBwrap(
  ground: Ground,
  spec: SandboxSpec,
  [stdin, stdout, stderr]: readonly [number, number, number],
  withoutCgroup: boolean,
): ChildProcess {
  const rlimits = rlimitOptions(spec.limits, ground.ceilings, {
    cgroup: withoutCgroup,
    userProcesses: withoutCgroup ? processesOf(ground.hostUser?.uid ?? process.getuid?.() ?? 0) : 0,
  })
  const foreign = ground.inherited.filter((descriptor) => descriptor > STATUS)
  const stdio: (number | 'pipe' | 'ignore')[] = [stdin, stdout, stderr, 'pipe', 'pipe', 'pipe']
  // Each inherited descriptor is replaced by /dev/null and offered to bwrap as an empty list of options, which it
  // reads and closes: the only way from here to start a child without them.
  for (const descriptor of foreign) {
    while (stdio.length < descriptor) stdio.push('ignore')
    stdio[descriptor] = ground.nothing
  }
  if (ground.weakening.descriptor !== undefined) stdio.push(ground.weakening.descriptor)
  return spawn(
    ground.prlimit,
    [
      ...rlimits,
      ground.bwrap,
      ...[OPTIONS, ...foreign].flatMap((descriptor) => ['--args', `${descriptor}`]),
      '--',
      ...spec.command,
    ],
    // Without a cgroup, a process group is the only way to kill bwrap and its newborn child as one.
    {
      cwd: '/',
      env: { ...ground.weakening.environment },
      stdio,
      detached: withoutCgroup,
      ...(ground.hostUser ?? {}),
    },
  )
}

/**
 * Puts the child into its cgroup and first in the line of victims. What went wrong with that, or with starting it at
 * all, comes back as an error.
 */
async function faultOf(child: ChildProcess, cgroup: Cgroup | undefined): Promise<unknown> {
  if (child.pid === undefined) return new Promise((resolve) => child.once('error', resolve))
  try {
    // Before the server when the host's memory runs out; and what a server may not be killed for is not inherited.
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, OUT_OF_MEMORY_SCORE)
    await cgroup?.join(child.pid)
    return undefined
  } catch (error) {
    child.kill('SIGKILL') // whatever happened, nothing starts outside its cgroup
    const died = error instanceof Error && 'code' in error && error.code === 'ESRCH'
    return died ? undefined : error // the ending of a child that died by itself will tell why
  }
}

/** Listens from the first moment: a child may die while it is being put into its cgroup. */
function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/** A child that dies early resets its pipes; how it ended is told elsewhere. */
function feed(stream: Writable, bytes: Uint8Array): void {
  stream.on('error', () => {})
  stream.end(bytes)
}

/** Processes and threads of a host user: RLIMIT_NPROC counts them all. */
function processesOf(uid: number): number {
  const own = new RegExp(`^Uid:\\s+${uid}\\b`, 'm')
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statusOf)
    .filter((status) => own.test(status))
    .reduce((sum, status) => sum + Number(/^Threads:\s+(\d+)$/m.exec(status)?.[1] ?? 1), 0)
}

function statusOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
