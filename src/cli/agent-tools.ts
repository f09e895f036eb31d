import type { InstalledPackage } from '#agents/package-shelf.ts'
import type { Result } from '#kernel/result.ts'

/** What the command line does with the agents of this installation, without a server. */
export interface AgentTools {
  list(): Promise<readonly AgentLine[]>
  /** Fetches one version, unless it is there; `pin` makes it the one that tasks get. */
  install(request: InstallRequest): Promise<Result<InstalledPackage>>
  /** Removes one version, or all of them; gives how many it removed. */
  remove(name: string, version: string | undefined): Promise<number>
}

export interface InstallRequest {
  readonly name: string
  /** A version or a tag of the registry; the known version unless given. */
  readonly version?: string
  readonly pin: boolean
  readonly signal: AbortSignal
}

/** One agent as it is listed. */
export interface AgentLine {
  readonly name: string
  readonly protocols: readonly string[]
  /** The npm package; left out by what comes with Airlock. */
  readonly npm?: string
  /** The version that is known to work. */
  readonly known?: string
  /** Whether the tests of Airlock run it, or somebody did once, by hand. */
  readonly support: 'tested' | 'tried'
  readonly pinned?: string
  readonly installed: readonly string[]
}
