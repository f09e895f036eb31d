import type { FileChange, PatchSelection } from '#contract/patch.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type FilePatch, type Hunk, joinPatch, splitPatch } from './patch-text.ts'

/**
 * The patch without what the reviewer left out. Files are named by their path after the change; hunks count from 0
 * within their file. Refuses with `invalid_selection` when a name or number is not in the patch, or nothing is left.
 */
export function selectFromPatch(
  patch: Uint8Array,
  files: readonly FileChange[],
  selection: PatchSelection,
): Result<Uint8Array> {
  const parts = partsByFile(splitPatch(patch), files)
  const unknown = firstUnknown(parts, selection)
  if (unknown !== undefined)
    return refused({
      code: 'invalid_selection',
      rule: 'review.selection',
      message: `The patch has no ${unknown}.`,
      remedy: 'Look at the patch again: files are named by their new path, hunks count from 0.',
    })
  const kept = [...parts].flatMap(([path, texts]) => keep(path, texts, selection))
  if (kept.length === 0)
    return refused({
      code: 'invalid_selection',
      rule: 'review.selection',
      message: 'Nothing would be left of the patch.',
      remedy: 'Reject the task instead.',
    })
  return ok(joinPatch(kept))
}

/** A change of type (file to symbolic link) is two texts, a deletion and a creation, of one file. */
function partsByFile(
  texts: readonly FilePatch[],
  files: readonly FileChange[],
): Map<string, readonly FilePatch[]> {
  const parts = new Map<string, readonly FilePatch[]>()
  let at = 0
  for (const file of files) {
    const count = file.kind === 'type' ? 2 : 1
    parts.set(file.path, texts.slice(at, at + count))
    at += count
  }
  if (at !== texts.length) throw new Error('the patch and its list of files disagree')
  return parts
}

function firstUnknown(
  parts: Map<string, readonly FilePatch[]>,
  selection: PatchSelection,
): string | undefined {
  for (const path of selection.dropFiles) if (!parts.has(path)) return `file ${path}`
  for (const { path, hunk } of selection.dropHunks) {
    const hunks = parts.get(path)?.[0]?.hunks
    if (hunks === undefined) return `file ${path}`
    if (hunk >= hunks.length) return `hunk ${hunk} in ${path}, which has ${hunks.length}`
  }
  return undefined
}

function keep(path: string, texts: readonly FilePatch[], selection: PatchSelection): readonly FilePatch[] {
  if (selection.dropFiles.includes(path)) return []
  const dropped = new Set(selection.dropHunks.filter((drop) => drop.path === path).map(({ hunk }) => hunk))
  if (dropped.size === 0) return texts
  return texts.flatMap((text) => {
    const hunks = renumber(text.hunks.filter((_, index) => !dropped.has(index)))
    return hunks.length === 0 && !changesMoreThanLines(text) ? [] : [{ ...text, hunks }]
  })
}

/** Later hunks start where they would, had the dropped ones never been. */
function renumber(hunks: readonly Hunk[]): readonly Hunk[] {
  let shift = 0
  return hunks.map((hunk) => {
    const edge = hunk.newCount === 0 ? -1 : 0
    const oldEdge = hunk.oldCount === 0 ? 1 : 0
    const moved = { ...hunk, newStart: hunk.oldStart + oldEdge + shift + edge }
    shift += hunk.newCount - hunk.oldCount
    return moved
  })
}

function changesMoreThanLines(text: FilePatch): boolean {
  return /^(old mode|rename from|copy from) /m.test(text.header)
}
