import type { UndoneChange } from '#contract/patch.ts'
import type { TreeChange, TrustedRepository } from './repository.ts'

export interface CleanedTree {
  readonly tree: string
  /** What was undone, in the order of paths. */
  readonly undone: readonly UndoneChange[]
}

/** Why a change may not stay; undefined when it may. */
export type Objection = { readonly rule: string; readonly reason: string } | undefined

/**
 * Undoes every change that `judge` objects to, until none is left. Restoring a path can bring others with it (a file in
 * place of a directory), so the result is judged anew, and whatever vanished on the way is listed as well. After this,
 * each change from `base` to the tree has passed `judge`.
 */
export async function undoChanges(
  repository: TrustedRepository,
  base: string,
  tree: string,
  judge: (changes: readonly TreeChange[]) => Promise<ReadonlyMap<string, Objection>>,
): Promise<CleanedTree> {
  const undone = new Map<string, UndoneChange>()
  let current = tree
  let changes = await repository.changes(base, current)
  for (let round = 0; changes.length > 0; round += 1) {
    const verdicts = await judge(changes)
    const refused = changes.filter((change) => verdicts.get(change.path) !== undefined)
    if (refused.length === 0) break
    if (round === MOST_ROUNDS) throw new Error('undoing changes did not come to an end')
    for (const { path } of refused) undone.set(path, { path, ...(verdicts.get(path) ?? ALONG) })

    current = await repository.restorePaths(
      base,
      current,
      refused.map((change) => change.path),
    )
    const left = await repository.changes(base, current)
    const leftPaths = new Set(left.map((change) => change.path))
    for (const { path } of changes)
      if (!leftPaths.has(path) && !undone.has(path)) undone.set(path, { path, ...ALONG })
    changes = left
  }
  return { tree: current, undone: [...undone.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) }
}

const MOST_ROUNDS = 10

const ALONG = {
  rule: 'import.replaced',
  reason: 'It stood in the place of something that was put back.',
}
