import type { ApprovalTuple } from '#contract/review.ts'
import type { Result } from '#kernel/result.ts'
import type { EvidenceBundle } from './bundle.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { GitCommit } from './git-commit.ts'
import type { VerifierKey } from './signing-key.ts'
import type { ChangeStatement } from './statement.ts'

/** The steps of a verification, in order. A failed one names the part that was tampered with. */
export type CheckName =
  | 'key'
  | 'statement'
  | 'approval'
  | 'quorum'
  | 'binding'
  | 'commit'
  | 'patch'
  | 'rebase'
  | 'gates'
  | 'author'
  | 'checkpoint'
  | 'log'

/** `skipped`: it does not apply, or an earlier check that it rests on has failed. Never in place of a failure. */
export interface Check {
  readonly name: CheckName
  readonly status: 'pass' | 'fail' | 'skipped'
  readonly detail: string
}

/** What the caller read from git about the commit. Only the patch and the merge are taken on the caller's word. */
export interface CommitFacts {
  /** The commit asked about, in full. */
  readonly id: string
  /** The raw commit object: `git cat-file commit <id>`. */
  readonly object: Uint8Array
  /** The patch from its parent to itself, recomputed with the options of `TrustedRepository.patch`. */
  readonly patch: Uint8Array
  /** The tree that the bundle's patch gives when applied three-way onto the parent; needed when the base has moved. */
  readonly reappliedTree?: string
}

/** All there is to judge. Each signed part is either read, with its signature verified, or refused. */
export interface Exhibits {
  readonly bundle: EvidenceBundle
  readonly key: VerifierKey
  readonly facts: CommitFacts
  readonly statement: Result<ChangeStatement>
  readonly approval: Result<ApprovalTuple>
  /** The approvals on which it rests, in its order. */
  readonly parts: readonly Result<ApprovalTuple>[]
  readonly commit: Result<GitCommit>
  readonly checkpoint: Result<Checkpoint>
}

/** Passes when nothing was found; otherwise tells every fault. */
export function judged(name: CheckName, faults: readonly (string | false)[], passed: string): Check {
  const found = faults.filter((fault) => fault !== false)
  return found.length === 0
    ? { name, status: 'pass', detail: passed }
    : { name, status: 'fail', detail: found.join(' ') }
}

export function skipped(name: CheckName, detail: string): Check {
  return { name, status: 'skipped', detail }
}

/** Passes when the part could be read and its signature held. */
export function readable(name: CheckName, part: Result<unknown>, passed: string): Check {
  return judged(name, [!part.ok && part.failure.message], passed)
}
