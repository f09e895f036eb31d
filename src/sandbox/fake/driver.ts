import type { Stopwatch } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { EndCause, Sandbox, SandboxDriver, SandboxEnding, SandboxSpec } from '../driver.ts'

/** What plays the command of a sandbox. It should stop when the signal aborts; it is not believed after that. */
export type FakeProgram = (inside: FakeInside) => Promise<number> | number

export interface FakeInside {
  readonly spec: SandboxSpec
  readonly signal: AbortSignal
  write(stream: 'stdout' | 'stderr', text: string): void
}

export interface FakeDriver extends SandboxDriver {
  readonly name: 'fake'
  /** Every spec that was started, in order. */
  readonly started: readonly SandboxSpec[]
}

const PATIENCE = 4

/** A driver without any sandbox: commands are functions, and the bounds on time and output are kept. For tests. */
export function createFakeDriver(options: { program: FakeProgram; stopwatch: Stopwatch }): FakeDriver {
  const started: SandboxSpec[] = []
  return {
    name: 'fake',
    started,
    async start(spec): Promise<Result<Sandbox>> {
      started.push(spec)
      return ok(play(spec, options.program, options.stopwatch))
    },
    sweep: async () => [],
  }
}

function play(spec: SandboxSpec, program: FakeProgram, stopwatch: Stopwatch): Sandbox {
  const { limits, onOutput } = spec
  const start = stopwatch()
  const over = new AbortController()
  let bytes = 0
  let first: { cause: EndCause; exitCode: number; detail?: string } | undefined
  const end = (cause: EndCause, exitCode = 137, detail?: string) => {
    first ??= { cause, exitCode, ...(detail === undefined ? {} : { detail }) }
    over.abort()
  }
  const write = (stream: 'stdout' | 'stderr', text: string) => {
    if (first !== undefined) return
    const chunk = Buffer.from(text)
    const room = Math.max(0, limits.outputBytes - bytes)
    bytes += chunk.byteLength
    if (room > 0) onOutput?.(stream, chunk.subarray(0, room))
    if (bytes > PATIENCE * limits.outputBytes) end('output_exhausted')
  }
  const timer = setTimeout(() => end('timed_out'), limits.seconds * 1000)
  const finished = new Promise<void>((resolve) => over.signal.addEventListener('abort', () => resolve()))
  Promise.resolve()
    .then(() => program({ spec, signal: over.signal, write }))
    .then(
      (code) => end('exited', code),
      (error) => end('failed_to_start', 1, String(error)),
    )
  const ended = finished.then((): SandboxEnding => {
    clearTimeout(timer)
    return {
      ...(first ?? { cause: 'killed', exitCode: 137 }),
      seconds: Math.round(stopwatch() - start) / 1000,
      outputBytes: bytes,
      outputCut: bytes > limits.outputBytes,
      enforcement: 'rlimit',
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
