import type { Stopwatch } from '#kernel/instant.ts'
import type { HostUser } from '../host-user.ts'
import type { Weakening } from './weakening.ts'

export interface BubblewrapOptions {
  /** Names this installation's cgroups, so that a sweep finds its own and nobody else's: lower-case letters and digits. */
  readonly prefix: string
  /** As whom sandboxes run on the host. Required for a server that runs as root; never uid 0. */
  readonly hostUser?: HostUser
  readonly stopwatch: Stopwatch
  /** For what the driver needs for a moment; nobody else may write here. */
  readonly scratchDirectory: string
  /** For what sandboxes see read-only; the host user must be able to reach it. */
  readonly runtimeDirectory: string
  /** The bwrap to use instead of the one found in the usual places. */
  readonly bwrap?: string
  /** `rlimit` goes without cgroups even where there are some; for tests and for hosts that want it so. */
  readonly limitsBy?: 'cgroup' | 'rlimit'
  readonly testingOnlyWeaken?: Weakening
}
