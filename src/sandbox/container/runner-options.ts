import type { Stopwatch } from '#kernel/instant.ts'
import type { HostUser } from '../host-user.ts'

/** How a runner is set up, by whoever administers the host. Nothing of this can be changed through its socket. */
export interface RunnerOptions {
  /** The Unix socket of the engine's Docker-compatible interface. */
  readonly engine: string
  /** Labels this installation's containers, so that a sweep finds its own and nobody else's. */
  readonly prefix: string
  /** As whom commands run, inside and on the host; never root. */
  readonly user: HostUser
  readonly runtime: Runtime
  /** `host`: the host's own /usr, read-only. Otherwise an image that the engine has already, by name or digest. */
  readonly image: string
  /** What a spec may let a sandbox write must lie below one of these, … */
  readonly writableRoots: readonly string[]
  /** … and what it may show read-only below one of these or of those. */
  readonly readableRoots: readonly string[]
  /** The runner's own, for what its containers see; absolute, and not below a writable root. */
  readonly directory: string
  readonly stopwatch: Stopwatch
}

/** kata is not among them: a guest with a kernel of its own cannot connect to the gateway's Unix sockets. */
export const RUNTIMES = ['runc', 'crun', 'runsc'] as const
export type Runtime = (typeof RUNTIMES)[number]
