import type { LabCase, Verdict } from './lab-case.ts'

/** What happened to one case on one driver. */
export type LabLine = Verdict & Pick<LabCase, 'id' | 'group' | 'tries' | 'stops'>

/** What happened on one driver. */
export interface LabReport {
  readonly driver: string
  readonly lines: readonly LabLine[]
  readonly counts: Readonly<Record<Verdict['status'], number>>
  readonly seconds: number
}

export function reportOf(driver: string, lines: readonly LabLine[], seconds: number): LabReport {
  const count = (status: Verdict['status']) => lines.filter((line) => line.status === status).length
  return {
    driver,
    lines,
    counts: {
      stopped: count('stopped'),
      got_through: count('got_through'),
      not_run: count('not_run'),
      unclear: count('unclear'),
    },
    seconds,
  }
}
