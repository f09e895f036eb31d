import type { CompiledScope } from '#guards/scope.ts'
import type { TreeChange, TrustedRepository } from './repository.ts'
import { type CleanedTree, type Objection, undoChanges } from './undo-changes.ts'

/**
 * The tree with every out-of-scope change undone and listed. A rename is a removal and an addition here: both its sides
 * must be in scope to stay, and one side alone out of scope is undone alone.
 */
export function enforceScope(
  repository: TrustedRepository,
  base: string,
  tree: string,
  scope: CompiledScope,
): Promise<CleanedTree> {
  return undoChanges(
    repository,
    base,
    tree,
    async (changes) => new Map(changes.map((change) => [change.path, objection(scope, change)])),
  )
}

function objection(scope: CompiledScope, change: TreeChange): Objection {
  const decision = scope.decide(readablePath(change))
  return decision.allowed
    ? undefined
    : { rule: decision.rule, reason: `${decision.reason} ${decision.remedy}` }
}

/** Bytes that are not UTF-8 become U+FFFD: directories keep their names, and globs their meaning. */
export function readablePath(change: { readonly path: string; readonly pathBytes?: string }): string {
  return change.pathBytes === undefined
    ? change.path
    : Buffer.from(change.pathBytes, 'base64').toString('utf8')
}
