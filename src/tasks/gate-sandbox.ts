import { BOUNDS } from '#contract/bounds.ts'
import type { CommandRun, RunCommand } from '#gates/runner.ts'
import type { Failure } from '#kernel/failure.ts'
import type { Result } from '#kernel/result.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import type { Pristine, Workspace } from '#sandbox/workspace/workspaces.ts'
import { imageOf } from './image.ts'
import { sandboxed } from './sandboxed.ts'
import type { StepContext } from './step.ts'

/**
 * Runs gate commands in `check` sandboxes without any network, each in a new one over a fresh copy: what the patch makes
 * one gate run cannot touch the tools of the next.
 */
export function gateRunner(context: StepContext, start: () => Promise<Result<Pristine>>): RunCommand {
  return async (command, { timeoutSeconds }) => {
    const from = await start()
    if (!from.ok) return notPrepared(from.failure)
    const { workspaces } = context.workshop
    const workspace = await workspaces.copyOf(from.value)
    try {
      return await runIn(context, workspace, command, timeoutSeconds)
    } finally {
      await workspaces.remove(workspace)
    }
  }
}

async function runIn(
  context: StepContext,
  workspace: Workspace,
  command: string,
  seconds: number,
): Promise<CommandRun> {
  const { workshop, signal } = context
  const image = await imageOf(context)
  if (!image.ok) return notPrepared(image.failure)
  const output = new Output(BOUNDS.gateOutput)
  const ended = await sandboxed(
    workshop,
    {
      ...taskCommand('check', workshop.runtime, ['/bin/sh', '-c', command], { image: image.value }),
      workspace: { source: workspace.path, target: '/workspace', writable: 'all' },
      limits: { ...workshop.limits, seconds },
      onOutput: (_, chunk) => output.push(chunk),
    },
    signal,
  )
  if (!ended.ok) return { outcome: 'failed', exitCode: -1, output: ended.failure.message, seconds: 0 }
  const { cause, exitCode } = ended.value
  return { ...outcomeOf(cause, exitCode), ...output.read(), seconds: ended.value.seconds }
}

/** A patch after which the setup fails is the patch's doing, and the agent's to mend. */
function notPrepared({ code, message, details }: Failure): CommandRun {
  if (code !== 'setup_failed') return { outcome: 'failed', exitCode: -1, output: message, seconds: 0 }
  const said = Array.isArray(details?.output) ? details.output.join('\n') : ''
  return { outcome: 'exited', exitCode: 1, output: `${message}\n${said}\n`, seconds: 0 }
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
