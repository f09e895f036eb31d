import type { TamperFinding } from '#contract/gate-report.ts'
import type { FileChange } from '#contract/patch.ts'

/** A change with both texts; a side that does not exist, or is not text, is undefined. */
export interface ChangedFile {
  readonly change: FileChange
  readonly before: string | undefined
  readonly after: string | undefined
}

export interface NumberedLine {
  readonly text: string
  /** Counts from 1, in the side it was taken from. */
  readonly line: number
}

/** The lines one text has more often than the other, whatever their indentation or order. */
export function linesOnlyIn(text: string | undefined, other: string | undefined): NumberedLine[] {
  const counts = new Map<string, number>()
  for (const line of (other ?? '').split('\n')) counts.set(line.trim(), (counts.get(line.trim()) ?? 0) + 1)
  return (text ?? '').split('\n').flatMap((raw, index) => {
    const line = raw.trim()
    const count = counts.get(line) ?? 0
    counts.set(line, count - 1)
    return count > 0 || line === '' ? [] : [{ text: line.slice(0, 2_000), line: index + 1 }]
  })
}

/** A finding at a place; the text of a file that enters the message is cut. */
export function tampering(rule: string, path: string, message: string, line?: number): TamperFinding {
  return {
    rule: `tampering.${rule}`,
    path,
    ...(line === undefined ? {} : { line }),
    message: message.slice(0, 500).toWellFormed(),
  }
}
