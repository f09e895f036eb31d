import { stripVTControlCharacters } from 'node:util'
import type { Paint } from './screen.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
}

/** Rows under titles, aligned; the last column is never padded. Cells must be one line each and safe to show. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: Paint,
): string {
  const widths = columns.map((column, place) =>
    Math.max(width(column.title), ...rows.map((row) => width(row[place] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    columns
      .map((column, place) => {
        const cell = cells[place] ?? ''
        const gap = ' '.repeat(Math.max(0, (widths[place] ?? 0) - width(cell)))
        if (column.align === 'right') return gap + cell
        return place === columns.length - 1 ? cell : cell + gap
      })
      .join('  ')
      .trimEnd()
  const titles = paint('dim', line(columns.map((column) => column.title)))
  return [titles, ...rows.map(line)].join('\n')
}

/** Names and values under each other, the values in one column. */
export function pairs(entries: readonly (readonly [string, string])[], paint: Paint): string {
  const widest = Math.max(0, ...entries.map(([name]) => width(name)))
  return entries
    .map(([name, value]) => {
      const indent = `\n${' '.repeat(widest + 4)}`
      return `  ${paint('dim', name.padEnd(widest))}  ${value.replaceAll('\n', indent)}`
    })
    .join('\n')
}

const SEGMENTER = new Intl.Segmenter()
const WIDE =
  /^(\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u

/** Columns that text takes on a terminal. */
export function width(text: string): number {
  let sum = 0
  for (const { segment } of SEGMENTER.segment(stripVTControlCharacters(text)))
    sum += WIDE.test(segment) ? 2 : 1
  return sum
}
