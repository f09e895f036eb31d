import { width } from './table.ts'

/** What fits beside the margin of a terminal of a hundred columns; longer lines tire. */
export const READING_COLUMNS = 88

/** One line as several of at most so many columns, broken between words. A longer word stays whole. */
export function wrapped(line: string, columns = READING_COLUMNS): readonly string[] {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`
    if (current !== '' && width(longer) > columns) {
      lines.push(current)
      current = word
    } else current = longer
  }
  return [...lines, current]
}
