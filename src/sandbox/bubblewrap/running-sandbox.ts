import type { ChildProcess } from 'node:child_process'
import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises'
import type { Stopwatch } from '#kernel/instant.ts'
import type { EndCause, Sandbox, SandboxEnding, SandboxSpec } from '../driver.ts'
import type { Cgroup } from './cgroup.ts'
import { watchDisk } from './disk-watch.ts'
import { endOrphans, isAlive, killFirstProcess } from './first-process.ts'
import { outputOf } from './output.ts'
import type { Status, StatusReader } from './status.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A started bwrap and everything of the host that belongs to it. */
export interface Started {
  readonly spec: SandboxSpec
  readonly child: ChildProcess
  /** As it is called in the list of processes. */
  readonly bwrap: string
  readonly exit: Promise<Exit>
  readonly status: StatusReader
  readonly stdout: number
  readonly stderr: number
  readonly cgroup: Cgroup | undefined
  readonly stopwatch: Stopwatch
}

/** Watches one sandbox until nothing of it is left. */
export function runningSandbox({
  spec,
  child,
  bwrap,
  exit,
  status,
  stdout,
  stderr,
  cgroup,
  stopwatch,
}: Started): Sandbox {
  const start = stopwatch()
  const over = new AbortController()
  let exited = false
  let first: { cause: EndCause; detail?: string } | undefined
  const end = (cause: EndCause, detail?: string) => {
    if (!exited) first ??= { cause, ...(detail === undefined ? {} : { detail }) }
    killAll(child, cgroup)
  }
  const output = outputOf(spec.limits.outputBytes, spec.onOutput, () => end('output_exhausted'))
  const drained = Promise.all([output.read('stdout', stdout), output.read('stderr', stderr)])
  const timer = setTimeout(() => end('timed_out'), spec.limits.seconds * 1000)
  const memory = setInterval(() => {
    if ((cgroup?.outOfMemoryKills() ?? 0) > 0) end('out_of_memory')
  }, MEMORY_TICK)
  if (spec.workspace.writable !== 'none')
    void watchDisk({
      directory: spec.workspace.source,
      limits: spec.limits,
      stopwatch,
      signal: over.signal,
      processes: () => cgroup?.processes() ?? [],
      onExhausted: (detail) => end('disk_exhausted', detail),
    })

  const ended = exit.then(async ({ code, signal }): Promise<SandboxEnding> => {
    exited = true
    clearTimeout(timer)
    clearInterval(memory)
    over.abort()
    if (cgroup === undefined) killAll(child, cgroup)
    const outOfMemory = (cgroup?.outOfMemoryKills() ?? 0) > 0
    const said = await unlessStuck(status.all(), () => 0, status.stop)
    // Killed before it told of its newborn, which may have been born outside of the cgroup.
    if (said.firstProcess === undefined) await endOrphans(bwrap)
    await gone(said, cgroup)
    await unlessStuck(drained, () => output.total().bytes, output.stop)
    const removed = (await cgroup?.remove()) ?? true
    const verdict = first ?? verdictOf({ outOfMemory, said, signal, complaint: output.complaint() })
    const { bytes, cut } = output.total()
    return {
      ...verdict,
      exitCode: said.exitCode ?? (signal === null ? (code ?? 1) : 137),
      seconds: Math.round(stopwatch() - start) / 1000,
      outputBytes: bytes,
      outputCut: cut,
      enforcement: cgroup === undefined ? 'rlimit' : 'cgroup',
      ...(removed ? {} : { detail: 'its cgroup could not be removed' }),
    }
  })

  return {
    id: spec.id,
    ended: () => ended,
    kill: () => {
      end('killed')
      return ended
    },
  }
}

const MEMORY_TICK = 250
const STUCK_TICK = 500
const STUCK_TICKS = 4

/**
 * Nobody inside is left who could write, but a pipe's end can have been sent through a socket to somewhere else, where
 * nobody takes it: after some turns without progress `giveUp` lets the work end with what is there.
 */
async function unlessStuck<T>(work: Promise<T>, progress: () => number, giveUp: () => void): Promise<T> {
  let seen = progress()
  let turns = 0
  const timer = setInterval(() => {
    turns = progress() === seen ? turns + 1 : 0
    seen = progress()
    if (turns === STUCK_TICKS) giveUp()
  }, STUCK_TICK)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}

interface Signs {
  readonly outOfMemory: boolean
  readonly said: Status
  readonly signal: NodeJS.Signals | null
  readonly complaint: string
}

/** Why it ended when nobody here ended it. */
function verdictOf({ outOfMemory, said, signal, complaint }: Signs): { cause: EndCause; detail?: string } {
  if (outOfMemory) return { cause: 'out_of_memory' }
  if (said.exitCode !== undefined) return { cause: 'exited' }
  if (signal !== null) return { cause: 'killed', detail: `by ${signal} from elsewhere on the host` }
  return { cause: 'failed_to_start', detail: complaint.trim() }
}

/**
 * The kernel kills a pid namespace as a whole when its first process dies, which it does when bwrap dies; that takes
 * a moment, and only then may the workspace be read.
 */
async function gone(said: Status, cgroup: Cgroup | undefined): Promise<void> {
  // Most are gone within a millisecond, which is less than a timer can wait.
  for (let turn = 0; turn < 50 && stillThere(said, cgroup); turn++) await immediate()
  for (let wait = 1; stillThere(said, cgroup) && wait < 60_000; wait *= 1.5) {
    cgroup?.kill()
    if (said.firstProcess !== undefined) killFirstProcess(said.firstProcess)
    await pause(Math.min(wait, 500))
  }
}

function stillThere({ firstProcess }: Status, cgroup: Cgroup | undefined): boolean {
  if (cgroup !== undefined) return cgroup.processes().length > 0
  return firstProcess !== undefined && isAlive(firstProcess)
}

/**
 * The inside asks to die with bwrap only once it runs: when bwrap is killed before that, the newborn would wait for it
 * forever. The cgroup holds both. Without one, both are in one process group until the inside has a session of its
 * own; later the number of its first process is known.
 */
function killAll(child: ChildProcess, cgroup: Cgroup | undefined): void {
  child.kill('SIGKILL')
  cgroup?.kill()
  try {
    if (cgroup === undefined && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {} // nobody is left in it
}
