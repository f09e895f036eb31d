import { GROUPS, type LabCase, type Verdict } from '#sandbox/lab/lab-case.ts'
import type { LabLine, LabReport } from '#sandbox/lab/report.ts'
import { count, duration } from '../terminal/amounts.ts'
import { oneLine, shortened } from '../terminal/safe-text.ts'
import type { Paint, Screen } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

const LOOK: Readonly<Record<Verdict['status'], readonly [string, 'green' | 'red' | 'dim' | 'yellow']>> = {
  stopped: ['✓ stopped', 'green'],
  got_through: ['✗ GOT THROUGH', 'red'],
  not_run: ['– not run', 'dim'],
  unclear: ['? unclear', 'yellow'],
}

type Where = Pick<Screen, 'columns' | 'paint'>

/** Group by group what was tried on one driver, and what came of it. */
export function reportLines({ driver, lines }: LabReport, where: Where): readonly string[] {
  const { paint } = where
  return [
    paint('bold', driver),
    ...GROUPS.flatMap((group) => {
      const own = lines.filter((line) => line.group === group)
      return own.length === 0 ? [] : ['', paint('bold', group), tableOf(own, where)]
    }),
    '',
  ]
}

/** What went well is told in as much as fits on a line; the rest at length. */
function tableOf(lines: readonly LabLine[], { columns, paint }: Where): string {
  const longest = Math.max(...lines.map(({ id }) => id.length))
  const rows = lines.map(({ status, id, what, tries }) => {
    const [mark, colour] = LOOK[status]
    const well = status === 'stopped' || status === 'not_run'
    const happened = well ? shortened(what, 32) : oneLine(what)
    const room = Math.max(20, columns - 13 - longest - 32 - 6)
    return [paint(colour, mark), id, happened, paint('dim', well ? shortened(tries, room) : oneLine(tries))]
  })
  return table(
    [{ title: '' }, { title: 'case' }, { title: 'what happened' }, { title: 'it tried to' }],
    rows,
    paint,
  )
}

export function verdictLine({ driver, counts, seconds }: LabReport, paint: Paint): string {
  const rest = [
    ...(counts.unclear > 0 ? [`${counts.unclear} unclear`] : []),
    ...(counts.not_run > 0 ? [`${counts.not_run} not run`] : []),
    duration(seconds),
  ].join(', ')
  const told = `${driver}: ${count(counts.stopped, 'attack')} stopped, ${counts.got_through} got through (${rest})`
  const colour = counts.got_through > 0 ? 'red' : counts.unclear > 0 ? 'yellow' : 'green'
  return paint(colour, told)
}

/** What the lab tries, and what should stop it. */
export function caseLines(cases: readonly LabCase[], paint: Paint): readonly string[] {
  return cases.flatMap(({ id, tries, stops }) => [
    paint('bold', id),
    `  it tries to ${tries}`,
    `  stopped by: ${stops}`,
  ])
}
