import type { FileChange } from '#contract/patch.ts'
import type { Person } from '#contract/task.ts'
import type { Result } from '#kernel/result.ts'
import type { FeatureBranch } from './feature-branch.ts'

/** Where a repository lives and how the host may reach it. Credentials stay on the host side. */
export interface Remote {
  /** An absolute local path, or an http(s):// or ssh:// (or scp-like) URL without credentials in it. */
  readonly url: string
  /** For http(s): sent by a credential helper of ours, never on a command line or in a URL. */
  readonly credential?: { readonly username: string; readonly password: string }
  /** For ssh: path of a private key file of mode 0600. */
  readonly sshKeyFile?: string
  /** For ssh: the host keys to accept, and no others. Without it the first key seen is kept. */
  readonly sshKnownHostsFile?: string
}

export interface Tip {
  readonly branch: string
  readonly commit: string
}

export interface Fetched {
  readonly defaultBranch: string
  readonly tips: readonly Tip[]
}

export interface TreeEntry {
  readonly mode: string
  readonly object: string
  readonly size: number
  /** The path when it is UTF-8, else with each byte above ASCII as `\xNN`. */
  readonly path: string
  /** Base64 of the path's bytes, when it is not UTF-8. */
  readonly pathBytes?: string
}

/** A path at which two trees differ. A mode of 000000 means: not there. */
export interface TreeChange {
  readonly path: string
  readonly pathBytes?: string
  readonly oldMode: string
  readonly newMode: string
  readonly oldObject: string
  readonly newObject: string
}

export interface BuiltPatch {
  readonly bytes: Uint8Array
  readonly files: readonly FileChange[]
}

export interface CommitRequest {
  readonly parent: string
  readonly tree: string
  readonly author: Person
  /** The author unless given. */
  readonly committer?: Person
  /** Seconds since 1970, the moment of approval: the same request always gives the same commit id. */
  readonly at: number
  readonly message: string
}

export interface PushRequest {
  readonly commit: string
  readonly branch: FeatureBranch
  readonly defaultBranch: string
  /** Globs of branches that are never pushed to; checked again at the moment of the push. */
  readonly neverTo: readonly string[]
}

/**
 * A host-owned bare repository: the trusted side of one project. No hook, filter, textconv, fsmonitor, attribute or
 * configuration that an agent or a remote wrote is ever obeyed here.
 */
export interface TrustedRepository {
  readonly gitDirectory: string
  /** Brings branches from the remote. Refuses with repository_unreadable, repository_empty. */
  fetch(remote: Remote, signal?: AbortSignal): Promise<Result<Fetched>>
  treeOf(commit: string): Promise<string>
  /** The raw bytes of `git cat-file commit`. */
  commitObject(commit: string): Promise<Uint8Array>
  /** The first parent. */
  parentOf(commit: string): Promise<string>
  /** A regular file's bytes, undefined when there is none. Throws AirlockError file_too_large above `maxBytes`. */
  readFile(treeish: string, path: string, maxBytes: number): Promise<Uint8Array | undefined>
  readBlob(object: string): Promise<Uint8Array>
  /** Many at once, by object name; the caller knows that they are small. */
  readBlobs(objects: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  list(treeish: string): Promise<readonly TreeEntry[]>
  sizesOf(objects: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** Every path at which two trees differ; a rename is a removal and an addition. */
  changes(base: string, tree: string): Promise<readonly TreeChange[]>
  /**
   * Fills an empty directory with a commit's files, byte for byte, and a small repository of that one commit around
   * them. Nothing in it is shared with this repository.
   */
  materialise(commit: string, directory: string): Promise<Result<void>>
  /** Takes in a pack from a sandbox: bounded, checked by fsck, complete for `tree`; else `unsafe_entry`. */
  adopt(pack: Uint8Array, tree: string): Promise<Result<string>>
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
