import type { FileChange, PatchSummary } from '#contract/patch.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

const MARK = {
  added: 'A',
  modified: 'M',
  deleted: 'D',
  renamed: 'R',
  copied: 'C',
  mode: 'T',
  type: 'T',
} as const

/** The files of a patch with what they gain and lose, then what was undone before there was a patch. */
export function fileLines(patch: PatchSummary | undefined, paint: Paint): readonly string[] {
  if (patch === undefined) return [paint('dim', 'No patch yet.')]
  const rows = patch.files.map((file) => [
    paint(file.kind === 'deleted' ? 'red' : file.kind === 'added' ? 'green' : 'yellow', MARK[file.kind]),
    ...amounts(file, paint),
    `${fileName(file)}${notes(file, paint)}`,
  ])
  const sum = (pick: (file: FileChange) => number) =>
    patch.files.reduce((total, file) => total + pick(file), 0)
  const total = `${count(patch.files.length, 'file')}, ${paint('green', `+${sum((file) => file.additions)}`)} ${paint('red', `−${sum((file) => file.deletions)}`)}`
  const columns = [
    { title: '' },
    { title: '+', align: 'right' as const },
    { title: '−', align: 'right' as const },
    { title: total },
  ]
  return [...table(columns, rows, paint).split('\n'), ...undoneLines(patch, paint)]
}

export function fileName(file: FileChange): string {
  return file.previousPath === undefined
    ? oneLine(file.path)
    : `${oneLine(file.previousPath)} → ${oneLine(file.path)}`
}

function amounts(file: FileChange, paint: Paint): readonly string[] {
  if (file.binary) return ['', paint('dim', 'bin')]
  return [paint('green', String(file.additions)), paint('red', String(file.deletions))]
}

function notes(file: FileChange, paint: Paint): string {
  const executable = file.newMode === '100755' && file.oldMode !== '100755' ? ['now executable'] : []
  const link = file.newMode === '120000' ? ['symbolic link'] : []
  const all = [...executable, ...link]
  return all.length === 0 ? '' : `  ${paint('yellow', all.join(', '))}`
}

function undoneLines(patch: PatchSummary, paint: Paint): readonly string[] {
  if (patch.undone.length === 0) return []
  return [
    '',
    paint('red', `${count(patch.undone.length, 'change')} undone before the patch was made:`),
    ...patch.undone.map(
      (undone) =>
        `${paint('red', '↩')} ${oneLine(undone.path)}  ${oneLine(undone.reason)} ${paint('dim', oneLine(undone.rule))}`,
    ),
  ]
}
