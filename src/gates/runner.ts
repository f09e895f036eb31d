/** How the pipeline runs one shell command in a fresh sandbox over a fresh copy of one tree. */
export type RunCommand = (command: string, options: RunOptions) => Promise<CommandRun>

export interface RunOptions {
  readonly timeoutSeconds: number
  readonly signal?: AbortSignal | undefined
}

/**
 * How the command ended. `failed` is the host's fault alone: no sandbox, a broken disk. A command that met a limit of
 * its sandbox (memory, processes, disk) has `exited`, with 137, since the change under examination may have caused it.
 */
export interface CommandRun {
  readonly outcome: 'exited' | 'timed_out' | 'failed'
  readonly exitCode: number
  /** Standard output and error as they came, bounded to BOUNDS.gateOutput. */
  readonly output: string
  /** True when the bound cut some output off. */
  readonly cut?: boolean
  readonly seconds: number
}
