/** What one sandbox may use of the host. Bytes, unless named otherwise. */
export interface Limits {
  readonly memory: number
  /** In CPUs: 1.5 is one and a half cores. */
  readonly cpus: number
  readonly processes: number
  readonly openFiles: number
  /** Of a single file. */
  readonly fileSize: number
  /** Of the workspace as a whole, what was there before included. */
  readonly workspaceDisk: number
  readonly workspaceFiles: number
  readonly seconds: number
  readonly outputBytes: number
}

const MiB = 1024 * 1024

export const DEFAULT_LIMITS: Limits = {
  memory: 4096 * MiB,
  cpus: 2,
  processes: 1024,
  openFiles: 4096,
  fileSize: 2048 * MiB,
  workspaceDisk: 8192 * MiB,
  workspaceFiles: 500_000,
  seconds: 1800,
  outputBytes: 64 * MiB,
}
