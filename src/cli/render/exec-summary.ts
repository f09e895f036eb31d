import type { EndCause } from '#sandbox/driver.ts'
import type { ExecReport } from '../sandbox-tools.ts'
import { duration } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

const CAUSES: Readonly<Record<EndCause, string>> = {
  exited: 'ended',
  killed: 'killed',
  timed_out: 'killed: its time was over',
  out_of_memory: 'killed: its memory was used up',
  disk_exhausted: 'killed: its workspace was full',
  output_exhausted: 'killed: it would not stop talking',
  failed_to_start: 'the command could not be started',
}

/** How a command in a sandbox went, in a few lines. */
export function execSummary(
  { driver, phase, image, ending, limitsMet, secondsToStart, refusals }: ExecReport,
  paint: Paint,
): string {
  const { cause, exitCode, seconds, enforcement, detail } = ending
  const met = limitsMet.length === 0 ? '' : `; met: ${limitsMet.join(', ')}`
  const well = cause === 'exited' && exitCode === 0
  return [
    paint(
      well ? 'green' : 'yellow',
      `${CAUSES[cause]}, exit code ${exitCode}, after ${duration(seconds)} (${duration(secondsToStart)} to start)`,
    ),
    paint('dim', `${driver}, phase ${phase}, limits by ${enforcement}${met}`),
    ...(image === undefined ? [] : [paint('dim', oneLine(image))]),
    ...(detail === undefined || detail === '' ? [] : [oneLine(detail)]),
    ...refusals.map(({ rule, what, remedy }) =>
      oneLine(`refused ${rule}: ${what}${remedy === undefined ? '' : `. ${remedy}`}`),
    ),
  ].join('\n')
}
