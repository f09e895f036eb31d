import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { watchDisk } from '../bubblewrap/disk-watch.ts'
import { isAlive, killFirstProcess } from '../bubblewrap/first-process.ts'
import type { EndCause, SandboxEnding, SandboxSpec } from '../driver.ts'
import { cgroupAccount } from './cgroup-account.ts'
import { type CountedOutput, countedOutput } from './counted-output.ts'
import { demultiplex } from './demultiplex.ts'
import type { ContainerState, Engine } from './engine.ts'
import type { Ground } from './ground.ts'

export interface RunningContainer {
  /** Where the command reads from. */
  readonly input: Duplex
  /** Resolves once, after every process is gone and the container is removed. Never rejects. */
  readonly ended: Promise<SandboxEnding>
  kill(cause?: EndCause): void
}

export interface StartedContainer {
  readonly ground: Ground
  readonly spec: SandboxSpec
  readonly id: string
  readonly pid: number
  readonly stream: Duplex
  /** Hands output on; the command waits while this does. */
  readonly tell: (stream: 'stdout' | 'stderr', chunk: Buffer) => Promise<void>
}

const TICK = 100
/** For what is still in the pipes when nobody is left; the output itself may have been sent away through a socket. */
const LAST_WORDS = 3_000

/** Watches one container until nothing of it is left. */
export function runningContainer(started: StartedContainer): RunningContainer {
  const { ground, spec, id, pid, stream } = started
  const { engine, stopwatch } = ground
  const start = stopwatch()
  const over = new AbortController()
  const output = countedOutput(spec.limits.outputBytes)
  const account = cgroupAccount(pid)
  let exited = false
  let first: { cause: EndCause; detail?: string } | undefined
  let lastWords: NodeJS.Timeout | undefined
  const hush = () => {
    lastWords ??= setTimeout(() => stream.destroy(), LAST_WORDS)
  }
  const end = (cause: EndCause, detail?: string) => {
    if (exited) return
    first ??= { cause, ...(detail === undefined ? {} : { detail }) }
    hush()
    killNow(engine, id, pid)
  }
  const heard = hear(started, output, () => end('output_exhausted'))
  const timer = setTimeout(() => end('timed_out'), spec.limits.seconds * 1000)
  const ticks = setInterval(() => {
    if (account.outOfMemoryKills() > 0) end('out_of_memory')
    if (pid > 0 && !isAlive(pid)) hush()
  }, TICK)
  if (spec.workspace.writable !== 'none')
    void watchDisk({
      directory: spec.workspace.source,
      limits: spec.limits,
      stopwatch,
      signal: over.signal,
      processes: account.processes,
      onExhausted: (detail) => end('disk_exhausted', detail),
    })

  const ended = heard.then(async (): Promise<SandboxEnding> => {
    const state = await lastState(engine, id, pid, () => first !== undefined)
    const outOfMemory = account.outOfMemoryKills() > 0 || state?.outOfMemory === true
    exited = true
    clearTimeout(timer)
    clearInterval(ticks)
    clearTimeout(lastWords)
    over.abort()
    const removed = await engine.remove(id).then(
      () => true,
      () => false,
    )
    const exitCode = state?.exitCode ?? 137
    return {
      ...(first ?? verdictOf(state, outOfMemory, output, exitCode)),
      exitCode,
      seconds: Math.round(stopwatch() - start) / 1000,
      ...output.total(),
      enforcement: 'cgroup',
      ...(removed ? {} : { detail: 'the container engine went away: the next sweep removes the container' }),
    }
  })

  return { input: stream, ended, kill: (cause = 'killed') => end(cause) }
}

/** Everything the command says, until the engine closes the stream; a broken stream is as good as a closed one. */
async function hear(
  { stream, tell }: StartedContainer,
  output: CountedOutput,
  onExhausted: () => void,
): Promise<void> {
  stream.on('error', () => {})
  try {
    for await (const said of demultiplex(stream)) {
      const within = output.take(said)
      if (within.length > 0) await tell(said.stream, within)
      if (output.exhausted()) onExhausted()
    }
  } catch {}
}

/**
 * The state of a container that has ended; undefined when the engine does not know. A command that merely closed its
 * outputs is waited for. Without its engine a container is killed: nobody else would end it.
 */
async function lastState(
  engine: Engine,
  id: string,
  pid: number,
  toBeKilled: () => boolean,
): Promise<ContainerState | undefined> {
  for (let wait = 2; ; wait = Math.min(wait * 1.5, 250)) {
    try {
      const state = await engine.inspect(id)
      if (state === undefined || state.ended) return state
      if (toBeKilled()) killNow(engine, id, pid)
    } catch {
      if (pid > 0) killFirstProcess(pid)
      if (pid === 0 || !isAlive(pid)) return undefined
    }
    await pause(wait)
  }
}

/** By the kernel where this process may, which needs no engine; otherwise by the engine. */
function killNow(engine: Engine, id: string, pid: number): void {
  if (pid > 0) killFirstProcess(pid)
  void engine.kill(id).catch(() => {})
}

function verdictOf(
  state: ContainerState | undefined,
  outOfMemory: boolean,
  output: CountedOutput,
  exitCode: number,
): { cause: EndCause; detail?: string } {
  if (outOfMemory) return { cause: 'out_of_memory' }
  if (state === undefined) return { cause: 'killed', detail: 'the container engine went away' }
  const complaint = output.complaint()
  // The words of env(1) when there is no such program, or (125) directory. The inside can forge them, as it can forge
  // its exit code.
  if (exitCode >= 125 && exitCode <= 127 && complaint?.startsWith('/usr/bin/env: '))
    return { cause: 'failed_to_start', detail: complaint.trim() }
  return { cause: 'exited' }
}
