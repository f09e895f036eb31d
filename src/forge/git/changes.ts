import type { FileChange } from '#contract/patch.ts'
import type { TreeChange } from '../repository.ts'
import { type PathName, pathName, splitNul } from './path-name.ts'
import { git } from './run-git.ts'

/** Every setting that could change how git compares two trees, pinned. */
export const DIFF_OPTIONS = [
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--full-index',
  '--no-abbrev',
  '--diff-algorithm=myers',
  '--indent-heuristic',
  '--inter-hunk-context=0',
  '--ignore-submodules=none',
  '--submodule=short',
  '--no-relative',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '-O/dev/null',
]
/** Not among the others: naming the context asks for the text of the change, also where only the paths are wanted. */
export const PATCH_OPTIONS = ['--binary', '--unified=3']
export const DIFF_CONFIG = [
  'diff.suppressBlankEmpty=false',
  'diff.mnemonicPrefix=false',
  'diff.noPrefix=false',
]

/** How renames are found: by likeness, which compares every new file with every one that is gone, or of the same bytes. */
export const RENAMES = { alike: ['--find-renames=50%', '-l1000'], exact: ['--find-renames=100%'] } as const

/** One line of `git diff --raw`: what stands at a path in each of two trees. */
export interface RawChange extends TreeChange {
  readonly name: PathName
  readonly previous?: PathName
  readonly status: string
}

/** All paths that differ, renames taken apart into a removal and an addition. */
export async function rawChanges(gitDirectory: string, base: string, tree: string): Promise<RawChange[]> {
  const args = ['diff', ...DIFF_OPTIONS, '--raw', '-z', '--no-renames', base, tree, '--']
  return parseRaw(splitNul(await git({ gitDirectory, args, config: DIFF_CONFIG }))).changes
}

/** The files of a patch as people see them, with renames found as in the patch itself. */
export async function fileChanges(
  gitDirectory: string,
  base: string,
  tree: string,
  renames: readonly string[],
): Promise<{ raw: RawChange; file: FileChange }[]> {
  const args = ['diff', ...DIFF_OPTIONS, '--raw', '--numstat', '-z', ...renames, base, tree, '--']
  const { changes, rest } = parseRaw(splitNul(await git({ gitDirectory, args, config: DIFF_CONFIG })))
  const counts = parseNumstat(rest)
  return changes.map((raw, at) => ({ raw, file: fileChange(raw, counts[at] ?? NO_COUNT) }))
}

/** Entries are `:mode mode object object status`, then a path, then for renames a second one. */
export function parseRaw(parts: readonly Buffer[]): { changes: RawChange[]; rest: readonly Buffer[] } {
  const changes: RawChange[] = []
  let at = 0
  while (parts[at]?.[0] === 0x3a) {
    const header = /^:(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*$/.exec(
      parts[at]?.toString('latin1') ?? '',
    )
    if (header === null) throw new Error('git printed a raw line of an unknown form')
    const [, oldMode = '', newMode = '', oldObject = '', newObject = '', status = ''] = header
    const moved = status === 'R' || status === 'C'
    const first = pathName(parts[at + 1] ?? Buffer.alloc(0))
    const name = moved ? pathName(parts[at + 2] ?? Buffer.alloc(0)) : first
    changes.push({
      name,
      ...(moved ? { previous: first } : {}),
      status,
      path: name.text,
      ...(name.pathBytes === undefined ? {} : { pathBytes: name.pathBytes }),
      oldMode,
      newMode,
      oldObject,
      newObject,
    })
    at += moved ? 3 : 2
  }
  return { changes, rest: parts.slice(at) }
}

interface Count {
  readonly binary: boolean
  readonly additions: number
  readonly deletions: number
}
const NO_COUNT: Count = { binary: false, additions: 0, deletions: 0 }

/** Entries are `added<TAB>deleted<TAB>path`; for renames the path is empty and two more parts follow. */
function parseNumstat(parts: readonly Buffer[]): Count[] {
  const counts: Count[] = []
  for (let at = 0; at < parts.length; at += 1) {
    const [additions = '', deletions = '', ...path] = (parts[at]?.toString('latin1') ?? '').split('\t')
    const binary = additions === '-'
    counts.push({
      binary,
      additions: binary ? 0 : Number(additions),
      deletions: binary ? 0 : Number(deletions),
    })
    if (path.join('\t') === '') at += 2
  }
  return counts
}

function fileChange(raw: RawChange, count: Count): FileChange {
  return {
    path: raw.path,
    ...(raw.previous === undefined ? {} : { previousPath: raw.previous.text }),
    ...(raw.pathBytes === undefined ? {} : { pathBytes: raw.pathBytes }),
    kind: kindOf(raw),
    oldMode: raw.oldMode,
    newMode: raw.newMode,
    ...count,
  }
}

function kindOf(raw: RawChange): FileChange['kind'] {
  switch (raw.status) {
    case 'A':
      return 'added'
    case 'D':
      return 'deleted'
    case 'R':
      return 'renamed'
    case 'C':
      return 'copied'
    case 'T':
      return 'type'
    default:
      return raw.oldObject === raw.newObject ? 'mode' : 'modified'
  }
}
