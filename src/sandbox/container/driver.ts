import { failureOf } from '#kernel/failure.ts'
import type { Stopwatch } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { specFailure } from '../bubblewrap/spec-check.ts'
import type { Sandbox, SandboxDriver, SandboxSpec } from '../driver.ts'
import type { Footing } from './messages.ts'
import { askRunner, startInRunner } from './runner-client.ts'

export interface ContainerDriverOptions {
  /** The socket of the runner, which is somebody else's process: this one never sees the engine's. */
  readonly runner: string
  readonly stopwatch: Stopwatch
  /** What every sandbox must stand on: a runner that has meanwhile become another one is refused. */
  readonly footing?: Footing
}

export interface ContainerDriver extends SandboxDriver {
  readonly name: 'container'
  /** What its sandboxes stand on: engine, runtime, digest of the image. */
  footing(): Promise<Result<Footing>>
}

/** Sandboxes from a container engine, each started by a runner that can start nothing else. */
export function createContainerDriver({
  runner,
  stopwatch,
  footing,
}: ContainerDriverOptions): ContainerDriver {
  return {
    name: 'container',
    tier: footing?.runtime === 'runsc' ? 'gvisor' : 'container',
    async start(spec: SandboxSpec): Promise<Result<Sandbox>> {
      const wrong = specFailure(spec)
      if (wrong !== undefined) return refused(wrong)
      return startInRunner(runner, { stopwatch, ...(footing === undefined ? {} : { footing }) }, spec).catch(
        (error) => refused(failureOf(error)),
      )
    },
    async sweep() {
      const answer = await askRunner(runner, { ask: 'sweep' })
      return answer.ok && answer.value.tell === 'swept' ? answer.value.removed : []
    },
    async footing() {
      const answer = await askRunner(runner, { ask: 'probe' })
      if (!answer.ok) return answer
      if (answer.value.tell === 'probed') return ok(answer.value.footing)
      return refused({
        code: 'sandbox_failed',
        message: 'The runner answered something else than was asked.',
      })
    },
  }
}
