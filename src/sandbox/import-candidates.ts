import type { UndoneChange } from '#contract/patch.ts'
import { looksLikeDotGit } from '#guards/git-name.ts'

export const MOST_CANDIDATES = 20_000
const MOST_LISTED = 200

/** What the host takes from a workspace's list: raw bytes of paths, nothing else. */
export interface Candidates {
  readonly deleted: readonly Buffer[]
  readonly changed: readonly Buffer[]
  readonly count: number
  readonly undone: readonly UndoneChange[]
}

/**
 * Chooses from the list a sandbox printed (see LIST_SCRIPT); undefined when it is not of that form. What is left out
 * stays as the base has it, and is named.
 */
export function chooseCandidates(output: Buffer): Candidates | undefined {
  const lists = sections(output)
  if (lists === undefined) return undefined
  const [tracked, untracked, odd] = lists
  const marks = new Map(odd.map((part) => markOf(part)))
  const undone = new Map<string, UndoneChange>()
  const deleted: Buffer[] = []
  const changed: Buffer[] = []

  const leaveOut = (path: string, why: Reason) => {
    if (undone.size < MOST_LISTED) undone.set(path, { path: shown(path), ...why })
  }
  const take = (path: Buffer, into: Buffer[], mode: string) => {
    const key = path.toString('latin1')
    const why = reasonAgainst(key, mode, marks)
    if (why === undefined) into.push(path)
    else leaveOut(key, why)
  }

  for (let at = 0; at + 1 < tracked.length; at += 2) {
    const [oldMode = '', newMode = '', , , status = ''] = (tracked[at]?.toString('latin1') ?? '')
      .slice(1)
      .split(' ')
    const path = tracked[at + 1] ?? Buffer.alloc(0)
    const mode = oldMode === SUBMODULE ? SUBMODULE : newMode
    take(path, status.startsWith('D') ? deleted : changed, mode)
  }
  for (const path of untracked) take(path, changed, '')
  for (const [path, mark] of marks)
    if (mark !== 'large' && !undone.has(path) && !path.endsWith('/.git')) leaveOut(path, MARKS[mark])
  const list = [...undone.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
  return { deleted, changed, count: deleted.length + changed.length, undone: list }
}

const SUBMODULE = '160000'

type Mark = 'unreadable' | 'large' | 'special'
type Reason = Pick<UndoneChange, 'rule' | 'reason'>

const MARKS: Record<Mark, Reason> = {
  unreadable: {
    rule: 'import.unreadable',
    reason: 'It cannot be read: its permissions shut even its owner out.',
  },
  large: { rule: 'import.file-size', reason: 'It is larger than a file in a patch may be.' },
  special: { rule: 'import.special-file', reason: 'It is a pipe, a socket or a device, and no file.' },
}

function reasonAgainst(path: string, mode: string, marks: ReadonlyMap<string, Mark>): Reason | undefined {
  if (mode === SUBMODULE || path.endsWith('/'))
    return {
      rule: 'import.nested-repository',
      reason: 'It is a repository of its own (or a submodule); remove its .git to have its files taken.',
    }
  const text = Buffer.from(path, 'latin1').toString('utf8')
  if (text.split('/').some(looksLikeDotGit))
    return { rule: 'import.git-name', reason: 'The name passes for .git on some file systems.' }
  if (/(^|\/)\.gitmodules$/i.test(text))
    return {
      rule: 'import.submodule',
      reason: 'A task does not change .gitmodules: it makes git fetch from elsewhere.',
    }
  const mark = marks.get(path) ?? markAbove(path, marks)
  return mark === undefined ? undefined : MARKS[mark]
}

/** A directory that cannot be read hides what is below it; that is not the same as removing it. */
function markAbove(path: string, marks: ReadonlyMap<string, Mark>): Mark | undefined {
  if (marks.size === 0) return undefined
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    if (marks.get(path.slice(0, slash)) === 'unreadable') return 'unreadable'
  return undefined
}

function markOf(part: Buffer): [string, Mark] {
  const text = part.toString('latin1')
  const space = text.indexOf(' ')
  const mark = text.slice(0, space)
  return [text.slice(space + 1), mark === 'large' || mark === 'special' ? mark : 'unreadable']
}

/** Exactly three lists, or the sandbox did not print what it was asked for. */
function sections(output: Buffer): readonly [Buffer[], Buffer[], Buffer[]] | undefined {
  const found: [Buffer[], Buffer[], Buffer[]] = [[], [], []]
  let section = 0
  let start = 0
  for (let end = output.indexOf(0); end >= 0; end = output.indexOf(0, start)) {
    if (end === start) section += 1
    else found[section]?.push(output.subarray(start, end))
    start = end + 1
  }
  return section === 3 && start === output.length ? found : undefined
}

/** As forge names paths: the text itself, or each byte above ASCII as `\xNN` when it is not UTF-8. */
function shown(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1')
  const text = bytes.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(bytes)) return text
  return latin1.replaceAll(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
