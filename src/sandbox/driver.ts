import type { SandboxTier } from '#contract/sandbox-tier.ts'
import type { Result } from '#kernel/result.ts'
import type { Limits } from './limits.ts'

/** What a task is doing in its sandbox; each phase has its own network: prepare = registries, run = gateway, check = nothing. */
export type Phase = 'prepare' | 'run' | 'check'

/** A host path shown inside, never writable there. */
export interface ReadOnlyMount {
  readonly source: string
  readonly target: string
}

/** The one directory the inside may write. */
export interface WorkspaceMount {
  readonly source: string
  /** Where it appears inside. */
  readonly target: '/workspace'
  /** `all`, `none`, or only these directories (relative, existing, without links); everything else is then read-only. */
  readonly writable: 'all' | 'none' | readonly string[]
}

/** One command in one new sandbox. Nothing of the host is visible but what stands here. */
export interface SandboxSpec {
  /** Names the cgroup and the log lines; unique per run, `sbx_…`. */
  readonly id: string
  readonly phase: Phase
  readonly command: readonly [string, ...string[]]
  readonly workingDirectory: string
  readonly environment: Readonly<Record<string, string>>
  readonly workspace: WorkspaceMount
  readonly mounts: readonly ReadOnlyMount[]
  /** A further directory that is writable inside; only the host's own importer asks for one. */
  readonly writableMount?: ReadOnlyMount
  /** Host directory with the gateway's sockets, shown read-only at /run/airlock. */
  readonly socketDirectory?: string
  /** An unpacked image (image/): its programs take the place of the host's. An absolute path that no sandbox can write. */
  readonly imageRoot?: string
  readonly limits: Limits
  /** Given to the command's standard input, which is then closed. */
  readonly input?: Uint8Array
  /** Called with each chunk as it arrives. Must not throw. Output beyond `limits.outputBytes` is cut and counted. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void
}

/** Why a sandbox ended. The first cause wins: a kill after a timeout stays a timeout. */
export type EndCause =
  | 'exited'
  | 'killed'
  | 'timed_out'
  | 'out_of_memory'
  | 'disk_exhausted'
  | 'output_exhausted'
  | 'failed_to_start'

/** `exitCode` comes from inside and proves nothing; `cause` is what the host saw. */
export interface SandboxEnding {
  readonly cause: EndCause
  readonly exitCode: number
  readonly seconds: number
  readonly outputBytes: number
  readonly outputCut: boolean
  /** Which limits were enforced by cgroup, which only by rlimit. */
  readonly enforcement: 'cgroup' | 'rlimit'
  readonly detail?: string
}

/** A running sandbox. */
export interface Sandbox {
  readonly id: string
  /** Resolves once, after every process is gone and the cgroup, mounts and scratch directories are removed. Never rejects. */
  ended(): Promise<SandboxEnding>
  /** Kills every process inside; resolves when `ended` has. Safe to call twice. */
  kill(): Promise<SandboxEnding>
}

/** Starts sandboxes of one kind. Every driver passes test/port-suites/sandbox-driver.ts. */
export interface SandboxDriver {
  readonly name: 'bubblewrap' | 'container' | 'microvm' | 'kubernetes' | 'fake'
  /** What a project may require; left out by a driver that satisfies no requirement. */
  readonly tier?: SandboxTier
  /** Refuses with `sandbox_unavailable` when the host cannot give the full profile: never a weaker one in silence. */
  start(spec: SandboxSpec): Promise<Result<Sandbox>>
  /** Kills and removes whatever a former process of this installation left behind. Returns what it removed. */
  sweep(): Promise<readonly string[]>
}
