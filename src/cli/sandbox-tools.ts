import type { EgressPreset } from '#contract/project-file.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { Result } from '#kernel/result.ts'
import type { Phase, SandboxDriver, SandboxEnding } from '#sandbox/driver.ts'
import type { LabCase } from '#sandbox/lab/lab-case.ts'
import type { LabLine, LabReport } from '#sandbox/lab/report.ts'
import type { Limits } from '#sandbox/limits.ts'

/** What the command line does with sandboxes of this host, without a server. */
export interface SandboxTools {
  /** Runs one command as a task would run it, and tells how that went. */
  exec(request: ExecRequest): Promise<Result<ExecReport>>
  /** Everything the lab tries. */
  cases(): Promise<readonly LabCase[]>
  /** Attacks each driver of this host, or the one that is named. */
  lab(request: LabRequest): Promise<Result<readonly LabReport[]>>
}

export interface ExecRequest {
  /** The driver of the configuration unless named. */
  readonly driver?: string
  readonly phase: Phase
  /** Copied, and never touched; an empty directory unless given. An absolute path. */
  readonly workspace?: string
  /** The image whose programs there are; those of the host unless named. */
  readonly image?: string
  readonly limits: Partial<Limits>
  readonly egress: readonly EgressPreset[]
  readonly command: readonly [string, ...string[]]
  readonly input?: Uint8Array
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void
  readonly signal: AbortSignal
}

export interface ExecReport {
  readonly driver: SandboxDriver['name']
  readonly phase: Phase
  /** The image with its digest, where one was named. */
  readonly image?: string
  readonly limits: Limits
  readonly ending: SandboxEnding
  readonly limitsMet: readonly (keyof Limits)[]
  /** From the request to the moment the sandbox ran, the copy of the workspace included. */
  readonly secondsToStart: number
  /** What the gateway refused. */
  readonly refusals: readonly Refusal[]
}

export interface LabRequest {
  readonly driver?: string
  readonly wanted: (id: string) => boolean
  readonly onLine: (driver: string, line: LabLine) => void
  readonly signal: AbortSignal
}
