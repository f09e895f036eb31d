import type { CommitFacts } from '#audit/check.ts'
import type { HostFinding } from '#contract/api.ts'
import type { Compared, LocalChange } from '#forge/git/changed-files.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { Result } from '#kernel/result.ts'
import type { AgentTools } from './agent-tools.ts'
import type { ImageTools } from './image-tools.ts'
import type { Page } from './pager.ts'
import type { SandboxTools } from './sandbox-tools.ts'
import type { Prompts } from './terminal/prompts.ts'
import type { Screen } from './terminal/screen.ts'

/** What the CLI reads of a person's own repository, as that person. */
export interface LocalGit {
  /** The root of the working tree around a directory; undefined outside of one. */
  rootOf(directory: string): Promise<string | undefined>
  /** True when there are changes that are not committed. */
  isDirty(root: string): Promise<boolean>
  currentBranch(root: string): Promise<string | undefined>
  /** `revision` may be short, or a branch. */
  commitId(repository: string, revision: string): Promise<Result<string>>
  /** The evidence attached to a commit as a note in refs/notes/airlock. */
  evidenceNote(repository: string, commit: string): Promise<Uint8Array | undefined>
  /** Everything `verifyBundle` needs to know of a commit. */
  commitFacts(repository: string, commit: string, approvedPatch: Uint8Array): Promise<Result<CommitFacts>>
}

/** A server that runs in this process. */
export interface RunningServer {
  readonly url: string
  /** Of the first start: where its owner chooses a password, once. */
  readonly setUpUrl?: string
  stop(): Promise<void>
}

/** Everything the commands need that is not theirs; given by the composition root, replaced in tests. */
export interface CliDependencies {
  readonly version: string
  readonly dataDirectory: string
  readonly workingDirectory: string
  /** The file that Node runs to become the CLI: how a server is started in the background. */
  readonly mainFile: string
  /** The environment given to a background server. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A server and token named by the surroundings instead of the data directory. */
  readonly remote?: { readonly url: string; readonly token: string }
  /** The verifier key that this machine trusts, unless one is named on the command line. */
  readonly trustedKeyFile: string
  readonly screen: Screen
  readonly prompts: Prompts
  readonly page: Page
  readonly clock: Clock
  readonly random: RandomBytes
  readonly git: LocalGit
  /** The files of a working tree that are changed, against a commit or in the index, with the lines that were written. */
  readonly changedFiles: (root: string, compared: Compared) => Promise<Result<readonly LocalChange[]>>
  /** Reads a secret or other text from standard input, to its end. */
  readonly readInput: () => Promise<string>
  /** Calls the listener on Ctrl-C or a request to end; returns how to stop listening. */
  readonly onInterrupt: (listener: () => void) => () => void
  /** Looks at this host, without a server. */
  readonly doctor: () => Promise<readonly HostFinding[]>
  /** Tries the sandboxes of this host, without a server. */
  readonly sandbox: SandboxTools
  /** The container images of this installation, without a server. */
  readonly images: () => Promise<ImageTools>
  /** The agents of this installation, without a server. */
  readonly agents: AgentTools
  /** Starts the server of the data directory in this process, listening when it resolves. */
  readonly serve: (options: { readonly port?: number }) => Promise<Result<RunningServer>>
}
