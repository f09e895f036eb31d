import type { HostFinding } from '#contract/api.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

const LOOK = {
  ok: ['✓', 'green'],
  weaker: ['!', 'yellow'],
  missing: ['✗', 'red'],
} as const

/** What a host supports, then what to do about what it does not. */
export function findingLines(findings: readonly HostFinding[], paint: Paint): readonly string[] {
  const rows = findings.map(({ name, status, finding }) => {
    const [mark, colour] = LOOK[status]
    return [paint(colour, `${mark} ${status}`), oneLine(name), oneLine(finding)]
  })
  const remedies = findings.flatMap(({ name, status, remedy }) =>
    remedy === undefined ? [] : [`${paint(LOOK[status][1], oneLine(name))}\n  ${oneLine(remedy)}`],
  )
  return [
    ...table([{ title: 'state' }, { title: 'what' }, { title: 'found' }], rows, paint).split('\n'),
    ...(remedies.length === 0 ? [] : ['', paint('bold', 'How to mend it'), ...remedies]),
    '',
    verdict(findings, paint),
  ]
}

function verdict(findings: readonly HostFinding[], paint: Paint): string {
  const missing = findings.filter((finding) => finding.status === 'missing').length
  const weak = findings.filter((finding) => finding.status === 'weaker').length
  if (missing > 0)
    return paint('red', `${count(missing, 'thing is', 'things are')} missing: agents cannot run here yet.`)
  if (weak > 0)
    return paint(
      'yellow',
      `Agents can run here; ${count(weak, 'thing is', 'things are')} weaker than possible.`,
    )
  return paint('green', 'Everything is as it should be.')
}
