import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { type Failure, failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Sandbox, SandboxSpec } from '../driver.ts'
import type { Cgroup } from './cgroup.ts'
import { endOrphans, isAlive, parentOf } from './first-process.ts'
import type { Ground } from './ground.ts'
import { descriptorsOf, type Joints } from './pipes.ts'
import { profileOptions } from './profile.ts'
import { rlimitOptions } from './rlimits.ts'
import { type Exit, runningSandbox } from './running-sandbox.ts'
import { type StatusReader, statusReader } from './status.ts'

export interface Launched {
  readonly child: ChildProcess
  readonly sandbox: Sandbox
}

const OPTIONS = 3
const FILTER = 4
const STATUS = 5
const GATE = 6

const OUT_OF_MEMORY_SCORE = '500'

/**
 * Starts one bwrap. While it builds the sandbox it is put into its cgroup, which makes the kernel wait for some
 * milliseconds; then it stands at a gate, and goes on to the command only when that is opened: nothing inside ever runs
 * outside the limits. Must be called on the main thread, because --die-with-parent watches the thread that started
 * the process.
 */
export async function launch(ground: Ground, spec: SandboxSpec): Promise<Result<Launched>> {
  const gone = [ground.bwrap, ground.prlimit].find((program) => !existsSync(program))
  if (gone !== undefined) return refused(vanished(gone))
  const joints = await ground.pipes.take().catch(failureOf)
  if (!('gate' in joints)) return refused(joints)
  const open = new Set(descriptorsOf(joints))
  let cgroup: Cgroup | undefined
  try {
    cgroup = ground.cgroups?.create(`${ground.cgroupPrefix}${spec.id}`, spec.limits)
    return ok(await startIn(ground, spec, joints, open, cgroup))
  } catch (error) {
    closeThose(open, open)
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

/** `open` are the joints that are still to be closed here; what is passed on to streams is theirs to close. */
async function startIn(
  ground: Ground,
  spec: SandboxSpec,
  { input, stdout, stderr, gate }: Joints,
  open: Set<number>,
  cgroup: Cgroup | undefined,
): Promise<Launched> {
  const child = spawnBwrap(ground, spec, [input.read, stdout.write, stderr.write, gate], cgroup === undefined)
  const exit = exitOf(child)
  closeThose(open, [input.read, stdout.write, stderr.write])
  try {
    await comeToLife(child)
    const [, , , optionsPipe, filterPipe, statusPipe] = child.stdio as readonly unknown[]
    const status = statusReader(statusPipe as Readable)
    const profile = profileOptions(spec, ground.host, ground.files, { seccomp: FILTER, status: STATUS })
    const options = [...(ground.weakening.options?.(profile) ?? profile), '--block-fd', `${GATE}`]
    feed(optionsPipe as Writable, Buffer.from(options.map((option) => `${option}\0`).join('')))
    feed(filterPipe as Writable, ground.filter)
    if (cgroup !== undefined) await enclose(child, status, cgroup)
    writeSync(gate, 'x')
    for (const passedOn of [input.write, stdout.read, stderr.read]) open.delete(passedOn)
    feed(new Socket({ fd: input.write, readable: false, writable: true }), spec.input ?? new Uint8Array())
    const sandbox = runningSandbox({
      spec,
      child,
      bwrap: ground.bwrap,
      exit,
      status,
      stdout: stdout.read,
      stderr: stderr.read,
      cgroup,
      stopwatch: ground.stopwatch,
    })
    return { child, sandbox }
  } catch (fault) {
    await abandon(child, exit, ground.bwrap)
    throw fault
  } finally {
    closeThose(open, [gate])
  }
}

/** Whatever went wrong, nothing starts outside its cgroup, and nobody waits at the gate for ever. */
async function abandon(child: ChildProcess, exit: Promise<Exit>, bwrap: string): Promise<void> {
  for (const stream of child.stdio ?? []) stream?.destroy()
  if (child.pid === undefined) return
  child.kill('SIGKILL')
  await exit
  await endOrphans(bwrap)
}

function closeThose(open: Set<number>, descriptors: Iterable<number>): void {
  for (const descriptor of [...descriptors]) if (open.delete(descriptor)) closeSync(descriptor)
}

function spawnBwrap(
  ground: Ground,
  spec: SandboxSpec,
  [stdin, stdout, stderr, gate]: readonly [number, number, number, number],
  withoutCgroup: boolean,
): ChildProcess {
  const rlimits = rlimitOptions(spec.limits, ground.ceilings, {
    cgroup: withoutCgroup,
    userProcesses: withoutCgroup ? processesOf(ground.hostUser?.uid ?? process.getuid?.() ?? 0) : 0,
  })
  const foreign = ground.inherited.filter((descriptor) => descriptor > GATE)
  const stdio: (number | 'pipe' | 'ignore')[] = [stdin, stdout, stderr, 'pipe', 'pipe', 'pipe', gate]
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

/** Throws what kept the child from being started; puts it first in the line of victims. */
async function comeToLife(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) throw await new Promise((resolve) => child.once('error', resolve))
  try {
    // Before the server when the host's memory runs out; and what a server may not be killed for is not inherited.
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, OUT_OF_MEMORY_SCORE)
  } catch (error) {
    if (!isCode(error, 'ESRCH') && !isCode(error, 'ENOENT')) throw error
  }
}

const LONGEST_SETUP = 60_000

/** Puts bwrap into its cgroup, and the first process of the inside, which may have been born before. */
async function enclose(child: ChildProcess, status: StatusReader, cgroup: Cgroup): Promise<void> {
  const over = new AbortController()
  const tooLong = pause(LONGEST_SETUP, undefined, { signal: over.signal }).then(() => {
    throw new Error('bwrap did not get ready')
  })
  try {
    await Promise.race([tooLong, encloseBoth(child, status, cgroup)])
  } finally {
    tooLong.catch(() => {})
    over.abort()
  }
}

async function encloseBoth(child: ChildProcess, status: StatusReader, cgroup: Cgroup): Promise<void> {
  await joinUnlessDead(cgroup, child.pid)
  const first = await status.firstProcess()
  if (first === undefined || cgroup.holds(first)) return
  // It waits at the gate, so that its number is still its own while its parent is ours.
  if (parentOf(first) === child.pid) await joinUnlessDead(cgroup, first)
  if (!cgroup.holds(first) && isAlive(first)) throw new Error('a sandbox without its cgroup')
}

/** The ending of a child that died by itself will tell why. */
async function joinUnlessDead(cgroup: Cgroup, pid: number | undefined): Promise<void> {
  try {
    if (pid !== undefined) await cgroup.join(pid)
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
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
