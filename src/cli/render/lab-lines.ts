import { GROUPS, type LabCase, type Verdict } from '#sandbox/lab/lab-case.ts'
import type { LabLine, LabReport } from '#sandbox/lab/report.ts'
import { count, duration } from '../terminal/amounts.ts'
import { oneLine, shortened } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

const LOOK: Readonly<Record<Verdict['status'], readonly [string, 'green' | 'red' | 'dim' | 'yellow']>> = {
  stopped: ['✓ stopped', 'green'],
  got_through: ['✗ GOT THROUGH', 'red'],
  not_run: ['– not run', 'dim'],
  unclear: ['? unclear', 'yellow'],
}

/** Group by group what was tried on one driver, and what came of it. */
export function reportLines({ driver, lines }: LabReport, paint: Paint): readonly string[] {
  return [
    paint('bold', driver),
    ...GROUPS.flatMap((group) => {
      const own = lines.filter((line) => line.group === group)
      return own.length === 0 ? [] : ['', paint('bold', group), ...tableOf(own, paint)]
    }),
    '',
  ]
}

function tableOf(lines: readonly LabLine[], paint: Paint): readonly string[] {
  const rows = lines.map(({ status, id, what, tries }) => {
    const [mark, colour] = LOOK[status]
    const through = status === 'got_through' || status === 'unclear'
    return [
      paint(colour, mark),
      id,
      shortened(what, 50),
      paint('dim', through ? oneLine(tries) : shortened(tries, 60)),
    ]
  })
  return table(
    [{ title: '' }, { title: 'case' }, { title: 'what happened' }, { title: 'it tried to' }],
    rows,
    paint,
  ).split('\n')
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
