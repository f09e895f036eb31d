import { BOUNDS } from '#contract/bounds.ts'
import type { CommandRun, RunCommand } from '#gates/runner.ts'
import { sandboxEnvironment } from '#sandbox/environment.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { sandboxed } from './sandboxed.ts'
import type { StepContext } from './step.ts'

/** Runs gate commands in `check` sandboxes without any network, each in a new one, over a workspace made when first needed. */
export function gateRunner(context: StepContext, workspace: () => Promise<Workspace>): RunCommand {
  return async (command, { timeoutSeconds }) => {
    const { workshop, signal } = context
    const output = new Output(BOUNDS.gateOutput)
    const ended = await sandboxed(
      workshop,
      {
        phase: 'check',
        command: ['/bin/sh', '-c', command],
        workingDirectory: '/workspace',
        environment: sandboxEnvironment('check'),
        workspace: { source: (await workspace()).path, target: '/workspace', writable: 'all' },
        mounts: workshop.runtime.mounts.filter(({ target }) => target === '/opt/airlock/node'),
        limits: { ...workshop.limits, seconds: timeoutSeconds },
        onOutput: (_, chunk) => output.push(chunk),
      },
      signal,
    )
    if (!ended.ok) return { outcome: 'failed', exitCode: -1, output: ended.failure.message, seconds: 0 }
    return {
      ...outcomeOf(ended.value.cause, ended.value.exitCode),
      ...output.read(),
      seconds: ended.value.seconds,
    }
  }
}

/** A limit that was met may be the patch's doing; a sandbox that did not start is not. */
function outcomeOf(cause: string, exitCode: number): Pick<CommandRun, 'outcome' | 'exitCode'> {
  if (cause === 'timed_out') return { outcome: 'timed_out', exitCode }
  if (cause === 'failed_to_start') return { outcome: 'failed', exitCode }
  return { outcome: 'exited', exitCode: cause === 'exited' ? exitCode : 137 }
}

/** Keeps the first bytes up to a bound. */
class Output {
  readonly #most: number
  readonly #chunks: Uint8Array[] = []
  #size = 0
  #cut = false

  constructor(most: number) {
    this.#most = most
  }

  push(chunk: Uint8Array): void {
    const kept = chunk.subarray(0, this.#most - this.#size)
    if (kept.length < chunk.length) this.#cut = true
    if (kept.length === 0) return
    this.#chunks.push(Uint8Array.prototype.slice.call(kept))
    this.#size += kept.length
  }

  read(): { readonly output: string; readonly cut: boolean } {
    return { output: Buffer.concat(this.#chunks).toString('utf8'), cut: this.#cut }
  }
}
