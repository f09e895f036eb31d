/** What one benchmark found: a ratio to its peer or floor, and whether the aim was met. */
export interface Row {
  readonly what: string
  readonly ratio: number
  /** What the ratio is taken against. */
  readonly to: string
  /** The aim in words, such as `at most 1.50`. */
  readonly aim: string
  readonly met: boolean
}

/** Hands a row to bench/run.ts; nothing happens when the benchmark runs alone. */
export function report(row: Row): void {
  process.send?.(row)
}

export function tableOf(rows: readonly Row[]): string {
  const cells = [
    ['what', 'ratio', 'to', 'aim', ''],
    ...rows.map(({ what, ratio, to, aim, met }) => [what, ratio.toFixed(2), to, aim, met ? 'met' : 'missed']),
  ]
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  )
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The middle value: one slow round on a busy machine does not move it. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
