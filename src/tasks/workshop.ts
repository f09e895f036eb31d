import type { AgentDirectory } from '#agents/known-agents.ts'
import type { PackageShelf } from '#agents/package-shelf.ts'
import type { Signer, VerifierKey } from '#audit/signing-key.ts'
import type { TaskState } from '#contract/task.ts'
import type { RemoteDirectory } from '#forge/remote-directory.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import type { Gateway } from '#gateway/gateway.ts'
import type { ProviderDirectory } from '#gateway/provider-directory.ts'
import type { KnownSecret } from '#guards/secrets/known-value.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import type { Clock, Stopwatch } from '#kernel/instant.ts'
import type { Result } from '#kernel/result.ts'
import type { Policy } from '#policy/policy.ts'
import type { SandboxDriver } from '#sandbox/driver.ts'
import type { GuestRuntime } from '#sandbox/guest-runtime.ts'
import type { Images } from '#sandbox/image/images.ts'
import type { Limits } from '#sandbox/limits.ts'
import type { PreservedWorkspaces } from '#sandbox/workspace/preserved.ts'
import type { Workspaces } from '#sandbox/workspace/workspaces.ts'
import type { Vault } from '#secrets/vault.ts'
import type { Store } from '#store/database.ts'
import type { Interrupts } from './interrupts.ts'
import type { Telemetry } from './telemetry.ts'

/** The beginning of the step of a state, and the moment between a push and its record. */
export type StallPoint = TaskState | 'pushed'

/** Everything the life of a task needs of the outside world, handed in once by the composition root. */
export interface Workshop {
  readonly store: Store
  readonly clock: Clock
  readonly stopwatch: Stopwatch
  readonly random: RandomBytes
  /** The rules of an organisation, as they are now. */
  policyOf(organisation: string): Promise<Policy>
  readonly interrupts: Interrupts
  readonly driver: SandboxDriver
  readonly limits: Limits
  /** Refuses from the moment on at which a rule of the guards does not do what its examples say. */
  mayJudge(): Result<void>
  readonly workspaces: Workspaces
  /** What setup of a project may see, and nobody else. */
  readonly vault: Vault
  /** Copies of finished workspaces, for a look around. */
  readonly preserved: PreservedWorkspaces
  /** Seconds a task may have its workspace kept at most; 0 for not at all. */
  readonly preserveMaximum: number
  /** For what an import needs for a moment; the sandboxes' user must be able to reach it. */
  readonly scratchDirectory: string
  readonly runtime: GuestRuntime
  /** The container images that stand in for the host's programs. */
  readonly images: Images
  readonly gateway: Gateway
  /** A new, short path for a lane's socket directory. */
  lanePath(): string
  readonly providers: ProviderDirectory
  /** What no model may ever be sent on behalf of a project: keys, passwords, tokens that the host holds. */
  secretsOf(organisation: string, project: string): Promise<readonly KnownSecret[]>
  readonly agents: AgentDirectory
  /** What agents run from that do not come with Airlock. */
  readonly agentPackages: PackageShelf
  /** How the host reaches the repositories of projects. */
  readonly remotes: RemoteDirectory
  /** The host-owned bare repository of a project. */
  repositoryOf(project: string): Promise<TrustedRepository>
  /** Removes the repository of a project that did not come to be. */
  forgetRepository(project: string): Promise<void>
  readonly signer: Signer
  readonly verifierKey: VerifierKey
  /** The name of an organisation's audit log: the first line of its checkpoints. */
  logOrigin(organisation: string): string
  /** Where bundles of published commits are kept for people, besides the database. */
  readonly evidenceDirectory: string
  /** Seconds without a model call, output or command after which an agent counts as stuck. */
  readonly idleSeconds: number
  /** Names host and toolchain: base results of gates are only reused under the same one. */
  readonly toolchain: string
  /** Awaited where a crash would be most unkind; tests stop there for ever and kill the process. */
  readonly testingOnlyStall?: (where: StallPoint) => Promise<void>
  /** Tells of tasks as OpenTelemetry spans, where somebody switched it on. */
  readonly telemetry?: Telemetry
  /** Told of trouble nobody waits for. */
  readonly onProblem: (message: string, cause: unknown) => void
}
