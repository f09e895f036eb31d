import type { FileChange } from '#contract/patch.ts'
import type { Person } from '#contract/task.ts'
import type { Result } from '#kernel/result.ts'

/** Where a repository lives and how the host may reach it. Credentials stay on the host side. */
export interface Remote {
  /** An absolute local path, or an http(s):// or ssh:// (or scp-like) URL without credentials in it. */
  readonly url: string
  /** For http(s): sent by a credential helper of ours, never on a command line or in a URL. */
  readonly credential?: { readonly username: string; readonly password: string }
  /** For ssh: path of a private key file of mode 0600. */
  readonly sshKeyFile?: string
}

export interface Tip {
  readonly branch: string
  readonly commit: string
}

export interface TreeEntry {
  readonly mode: string
  readonly object: string
  readonly size: number
  /** Raw bytes as latin1 text when not valid UTF-8; `path` is then the escaped form for people. */
  readonly path: string
}

export interface BuiltPatch {
  readonly bytes: Uint8Array
  readonly files: readonly FileChange[]
}

export interface CommitRequest {
  readonly parent: string
  readonly tree: string
  readonly author: Person
  /** Seconds since 1970, the moment of approval: the same request always gives the same commit id. */
  readonly at: number
  readonly message: string
}

export interface PushRequest {
  readonly commit: string
  readonly branch: string
  readonly neverTo: readonly string[]
}

/**
 * A host-owned bare repository: the trusted side of one project. No hook, filter, textconv, fsmonitor, attribute or
 * configuration that an agent or a remote wrote is ever obeyed here.
 */
export interface TrustedRepository {
  readonly gitDirectory: string
  /** Brings branches from the remote. Refuses with repository_unreadable, repository_empty. */
  fetch(remote: Remote): Promise<Result<{ readonly defaultBranch: string; readonly tips: readonly Tip[] }>>
  treeOf(commit: string): Promise<string>
  readFile(treeish: string, path: string, maxBytes: number): Promise<Uint8Array | undefined>
  list(treeish: string): Promise<readonly TreeEntry[]>
  /** Exact bytes of `git diff --binary --full-index -M base tree` with every repository setting pinned. */
  patch(base: string, tree: string): Promise<Result<BuiltPatch>>
  /** A tree equal to `tree`, with these paths as they are in `base` (removed when not there). */
  restorePaths(base: string, tree: string, paths: readonly string[]): Promise<string>
  /** Applies a patch to a commit's tree without a working tree; with `threeWay` merges where the context moved. */
  apply(onto: string, patch: Uint8Array, options?: { threeWay?: boolean }): Promise<Result<string>>
  commit(request: CommitRequest): Promise<string>
  /** Pushes one new branch; already there with the same commit is success, with another one is `conflict`. */
  push(remote: Remote, request: PushRequest): Promise<Result<'pushed' | 'already_there'>>
  note(commit: string, ref: string, text: string): Promise<void>
  pushNotes(remote: Remote, ref: string): Promise<Result<void>>
}
