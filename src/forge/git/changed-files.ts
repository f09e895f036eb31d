import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { TrustedRepository } from '../repository.ts'
import { withBorrowedObjects } from './borrowed-repository.ts'
import { parseRaw, type RawChange } from './changes.ts'
import { commitId, gitPath } from './local-repository.ts'
import { type PathName, pathName, splitNul } from './path-name.ts'
import { runGit } from './run-git.ts'

/** A file as a change left it, and as it was before; `before` is absent when there was none, or nothing that can be read. */
export interface LocalChange {
  readonly path: string
  readonly before?: Uint8Array
  readonly bytes: Uint8Array
}

/** What is compared: the index with the last commit, or the working tree with a commit. */
export type Compared = { readonly staged: true } | { readonly base: string }

/** The tree without entries; git knows it without having it. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
/** What was larger before is not compared: all of it counts as new. */
const LARGEST_BEFORE = 12_000_000
const MOST_OUTPUT = 512 * 1024 * 1024

/**
 * The files that were added or changed, as they were and as they are; deleted ones are left out. Looked at through a
 * repository of our own, as `isDirty` does: filters, monitors and textconv of that one are not run.
 */
export async function changedFiles(
  root: string,
  compared: Compared,
): Promise<Result<readonly LocalChange[]>> {
  const named = await commitId(root, 'base' in compared ? compared.base : 'HEAD')
  // Before the first commit everything that is staged is new.
  const commit = named.ok || 'base' in compared ? named : ok(EMPTY_TREE)
  if (!commit.ok) return commit
  const [objects, index] = await Promise.all([gitPath(root, 'objects'), gitPath(root, 'index')])
  return withBorrowedObjects(objects, async (repository) => {
    const { gitDirectory } = repository
    const copy = join(gitDirectory, 'index') // git writes down what it finds out, and not into somebody else's
    // A repository in which nothing was ever staged has no index yet.
    await copyFile(index, copy).catch(() => undefined)
    const staged = 'staged' in compared
    const run = (args: readonly string[]) =>
      runGit({
        gitDirectory,
        args,
        config: ['core.bare=false'],
        environment: { GIT_INDEX_FILE: copy, GIT_WORK_TREE: root },
        maxOutput: MOST_OUTPUT,
      })
    const diff = await run([
      'diff',
      ...(staged ? ['--cached'] : []),
      '--raw',
      '-z',
      '--no-abbrev',
      '--no-ext-diff',
      '--no-renames',
      '--diff-filter=AMT',
      '--ignore-submodules=all',
      commit.value,
      '--',
    ])
    const others = staged
      ? undefined
      : await run(['ls-files', '-z', '--others', '--exclude-standard', '--full-name'])
    if (diff.exitCode !== 0 || (others !== undefined && others.exitCode !== 0)) return unreadable(diff.stderr)
    const changed = parseRaw(splitNul(diff.stdout)).changes
    const before = await blobsBefore(repository, changed)
    const changes: LocalChange[] = []
    for (const { name, oldObject, newObject } of changed) {
      const blob = staged ? await run(['cat-file', 'blob', newObject]) : undefined
      const bytes =
        blob === undefined ? await read(root, name) : blob.exitCode === 0 ? blob.stdout : undefined
      const was = before.get(oldObject)
      changes.push({
        path: name.text,
        bytes: bytes ?? UNREADABLE,
        ...(was === undefined ? {} : { before: was }),
      })
    }
    for (const name of splitNul(others?.stdout ?? Buffer.alloc(0)).map(pathName))
      changes.push({ path: name.text, bytes: (await read(root, name)) ?? UNREADABLE })
    return ok(changes)
  })
}

/** What regular files held before, by object name. */
async function blobsBefore(
  repository: TrustedRepository,
  changed: readonly RawChange[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const objects = [
    ...new Set(changed.filter(({ oldMode }) => oldMode.startsWith('100')).map(({ oldObject }) => oldObject)),
  ]
  const sizes = await repository.sizesOf(objects)
  const small = objects.filter((object) => (sizes.get(object) ?? LARGEST_BEFORE) < LARGEST_BEFORE)
  const blobs = new Map<string, Uint8Array>()
  for (let from = 0; from < small.length; from += MANY)
    for (const [object, bytes] of await repository.readBlobs(small.slice(from, from + MANY)))
      blobs.set(object, bytes)
  return blobs
}

/** With the largest of them one run of git prints less than it may. */
const MANY = 20

/** A NUL: whoever looks at what could not be read says that it cannot be looked at. */
const UNREADABLE = new Uint8Array([0])

async function read(root: string, { bytes }: PathName): Promise<Uint8Array | undefined> {
  return readFile(Buffer.concat([Buffer.from(`${root}/`), bytes])).catch(() => undefined)
}

function unreadable(detail: string): Result<never> {
  return refused({
    code: 'repository_unreadable',
    message: `git could not compare: ${detail.slice(0, 300)}`,
    remedy: 'Run it inside of a working tree of git.',
  })
}
