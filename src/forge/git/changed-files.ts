import { copyFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import { withBorrowedObjects } from './borrowed-repository.ts'
import { commitId, gitPath } from './local-repository.ts'
import { runGit } from './run-git.ts'

/** A file as a change left it, and the lines that the change wrote, counted from 1, both ends included. */
export interface LocalChange {
  readonly path: string
  readonly bytes: Uint8Array
  readonly lines: readonly { readonly from: number; readonly to: number }[]
}

/** What is compared: the index with the last commit, or the working tree with a commit. */
export type Compared = { readonly staged: true } | { readonly base: string }

/** The tree without entries; git knows it without having it. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const LARGEST_DIFF = 512 * 1024 * 1024

/**
 * The files that were added or changed, with what was written in them; deleted ones are left out. Looked at through a
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
  return withBorrowedObjects(objects, async ({ gitDirectory }) => {
    const copy = join(gitDirectory, 'index') // git writes down what it finds out, and not into somebody else's
    // A repository in which nothing was ever staged has no index yet.
    await copyFile(index, copy).catch(() => undefined)
    const staged = 'staged' in compared
    const run = (args: readonly string[]) =>
      runGit({
        gitDirectory,
        args,
        config: ['core.bare=false', 'core.quotePath=false'],
        environment: { GIT_INDEX_FILE: copy, GIT_WORK_TREE: root },
        maxOutput: LARGEST_DIFF,
      })
    const diff = await run([
      'diff',
      ...(staged ? ['--cached'] : []),
      '--unified=0',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--no-renames',
      '--text',
      '--diff-filter=AMT',
      '--ignore-submodules=all',
      '--src-prefix=a/',
      '--dst-prefix=b/',
      commit.value,
      '--',
    ])
    const fresh = staged
      ? undefined
      : await run(['ls-files', '-z', '--others', '--exclude-standard', '--full-name'])
    if (diff.exitCode !== 0 || (fresh !== undefined && fresh.exitCode !== 0)) return unreadable(diff.stderr)
    const changes: LocalChange[] = []
    for (const [path, lines] of hunksOf(diff.stdout.toString('utf8'))) {
      const shown = staged ? await run(['cat-file', 'blob', `:0:${path}`]) : undefined
      const bytes =
        shown === undefined ? await read(root, path) : shown.exitCode === 0 ? shown.stdout : undefined
      changes.push({ path, bytes: bytes ?? UNREADABLE, lines })
    }
    for (const path of (fresh?.stdout.toString('utf8') ?? '').split('\0').filter((name) => name !== ''))
      changes.push({
        path,
        bytes: (await read(root, path)) ?? UNREADABLE,
        lines: [{ from: 1, to: Number.MAX_SAFE_INTEGER }],
      })
    return ok(changes)
  })
}

/** A NUL: whoever looks at what could not be read says that it cannot be looked at. */
const UNREADABLE = new Uint8Array([0])

async function read(root: string, path: string): Promise<Uint8Array | undefined> {
  return readFile(join(root, path)).catch(() => undefined)
}

function unreadable(detail: string): Result<never> {
  return refused({
    code: 'repository_unreadable',
    message: `git could not compare: ${detail.slice(0, 300)}`,
    remedy: 'Run it inside of a working tree of git.',
  })
}

/** The written lines of each file, out of a diff without context. */
function hunksOf(diff: string): Map<string, { from: number; to: number }[]> {
  const files = new Map<string, { from: number; to: number }[]>()
  let current: { from: number; to: number }[] | undefined
  let left = 0
  for (const line of diff.split('\n')) {
    // Lines of content are counted off, so that none of them can pass for a header.
    if (left > 0 && /^[+-]/.test(line)) {
      left--
      continue
    }
    if (line.startsWith('+++ ')) {
      current = []
      files.set(nameOf(line.slice(4)), current)
      continue
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (hunk === null || current === undefined) continue
    const [, removed = '1', start = '0', added = '1'] = hunk
    left = Number(removed) + Number(added)
    if (Number(added) > 0) current.push({ from: Number(start), to: Number(start) + Number(added) - 1 })
  }
  return files
}

/** `b/name`, or `"b/na\"me"` where git had to quote it. */
function nameOf(written: string): string {
  const bare = written.replace(/\t$/, '')
  const name = bare.startsWith('"')
    ? bare
        .slice(1, -1)
        .replace(
          /\\([\\"abfnrtv]|[0-7]{3})/g,
          (_, code: string) =>
            ESCAPES[code] ?? (/^\d/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : code),
        )
    : bare
  return name.replace(/^b\//, '')
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}
