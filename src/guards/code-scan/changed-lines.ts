import type { ScanFinding } from '#contract/scan-report.ts'

/** Lines of a file that a change wrote, counted from 1, both ends included. */
export interface LineRange {
  readonly from: number
  readonly to: number
}

export const WHOLE_FILE: readonly LineRange[] = [{ from: 1, to: Number.MAX_SAFE_INTEGER }]

/** Whether a change wrote the place of a finding, or a station on the way of the value that gets there. */
export function touches({ line, endLine, flow }: ScanFinding, changed: readonly LineRange[]): boolean {
  return (
    changed.some(({ from, to }) => line <= to && endLine >= from) ||
    flow.some((step) => changed.some(({ from, to }) => step.line >= from && step.line <= to))
  )
}

/** The lines that are not the same in both texts, without regard to where they moved. */
export function changedLines(before: string | undefined, after: string): readonly LineRange[] {
  if (before === undefined) return WHOLE_FILE
  const had = new Map<string, number>()
  for (const line of before.split('\n')) had.set(line, (had.get(line) ?? 0) + 1)
  const ranges: { from: number; to: number }[] = []
  after.split('\n').forEach((line, index) => {
    const left = had.get(line) ?? 0
    if (left > 0) {
      had.set(line, left - 1)
      return
    }
    const last = ranges.at(-1)
    if (last?.to === index) last.to = index + 1
    else ranges.push({ from: index + 1, to: index + 1 })
  })
  return ranges
}
