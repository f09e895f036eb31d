import { BOUNDS } from '#contract/bounds.ts'
import type { FileChange } from '#contract/patch.ts'
import type { TreeChange, TrustedRepository } from '#forge/repository.ts'

/** What of a patch is looked at; both trees are in the repository. */
export interface ExaminedPatch {
  readonly base: string
  readonly tree: string
  readonly files: readonly FileChange[]
}

/** A change with what its file held before and holds after; a side is undefined when there is none, or it is too large. */
export interface ChangedContent {
  readonly change: FileChange
  readonly before: Uint8Array | undefined
  readonly after: Uint8Array | undefined
  /** There is more than anybody looks at. */
  readonly tooLarge: boolean
}

/** Texts of so many bytes are held at once; a patch of small changes may stand in many large files. */
const HELD = 32 * 1024 * 1024
/** A NUL byte makes a file binary for git, and still a program for most that run it. Pictures are larger, or harmless. */
const LARGEST_BINARY = 1024 * 1024

/**
 * The files of a patch with their contents, some at a time, with one run of git for all of those; one that cannot be read is
 * a fault, and not a file without contents.
 */
export async function* changedContents(
  repository: TrustedRepository,
  patch: ExaminedPatch,
): AsyncGenerator<readonly ChangedContent[]> {
  const changes = await repository.changes(patch.base, patch.tree)
  const sides = await sidesOf(repository, changes)
  for (const some of portions(patch.files.map((change) => fileOf(change, sides)))) {
    const objects = some.flatMap(({ before, after }) => [before, after]).filter((side) => side !== undefined)
    const texts = await repository.readBlobs([...new Set(objects.map(({ object }) => object))])
    const contentOf = (side: Side | undefined) =>
      side === undefined ? undefined : (texts.get(side.object) ?? new Uint8Array())
    yield some.map(({ change, before, after, tooLarge }) => ({
      change,
      before: contentOf(before),
      after: contentOf(after),
      tooLarge,
    }))
  }
}

interface Side {
  readonly object: string
  readonly size: number
}

interface Sides {
  readonly before: ReadonlyMap<string, Side>
  readonly after: ReadonlyMap<string, Side>
}

/** The regular files on both sides of the change, by their names. */
async function sidesOf(repository: TrustedRepository, changes: readonly TreeChange[]): Promise<Sides> {
  const before = changes.filter(({ oldMode }) => oldMode.startsWith('100'))
  const after = changes.filter(({ newMode }) => newMode.startsWith('100'))
  const sizes = await repository.sizesOf([
    ...before.map(({ oldObject }) => oldObject),
    ...after.map(({ newObject }) => newObject),
  ])
  const side = (change: TreeChange, object: string): [string, Side] => [
    nameOf(change),
    { object, size: sizes.get(object) ?? 0 },
  ]
  return {
    before: new Map(before.map((change) => side(change, change.oldObject))),
    after: new Map(after.map((change) => side(change, change.newObject))),
  }
}

/** Names that are no text look like others that are; one file must not be looked at in the place of another. */
function nameOf({ path, pathBytes }: Named): string {
  return pathBytes === undefined ? `text ${path}` : `bytes ${pathBytes}`
}

interface Named {
  readonly path: string
  readonly pathBytes?: string | undefined
}

interface File {
  readonly change: FileChange
  readonly before: Side | undefined
  readonly after: Side | undefined
  readonly tooLarge: boolean
}

function fileOf(change: FileChange, sides: Sides): File {
  const most = change.binary ? LARGEST_BINARY : BOUNDS.fileInPatch
  const bounded = (side: Side | undefined) => (side !== undefined && side.size <= most ? side : undefined)
  const after = sides.after.get(nameOf(change))
  // Of a name before a change only the text is known: one that was none has no side then, and all of the file counts as new.
  const before: Named = change.previousPath === undefined ? change : { path: change.previousPath }
  if (after === undefined && change.newMode.startsWith('100'))
    throw new Error('a file of the patch is not among the changes')
  return {
    change,
    before: bounded(sides.before.get(nameOf(before))),
    after: bounded(after),
    tooLarge: after !== undefined && bounded(after) === undefined,
  }
}

function* portions(files: readonly File[]): Generator<File[]> {
  let portion: File[] = []
  let held = 0
  for (const file of files) {
    const size = (file.before?.size ?? 0) + (file.after?.size ?? 0)
    if (portion.length > 0 && held + size > HELD) {
      yield portion
      portion = []
      held = 0
    }
    portion.push(file)
    held += size
  }
  if (portion.length > 0) yield portion
}
