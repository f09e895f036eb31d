import type { Approvals } from '#contract/task.ts'
import { ago } from '../terminal/amounts.ts'
import { manyLines, oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

/** Who approved, who is missing and by which rule, and whose approval counts no more. */
export function approvalLines(
  { given, missing, wording, void: voided }: Approvals,
  { paint, now }: { readonly paint: Paint; readonly now: number },
): readonly string[] {
  return [
    ...given.map(({ approver, at }) => `${paint('green', '✓')} ${oneLine(approver.name)}, ${ago(at, now)}`),
    ...missing.map(
      ({ count, who, rule, reason }) =>
        `${paint('yellow', '–')} ${count} more of ${oneLine(who)}  ${paint('dim', `${oneLine(rule)}: ${oneLine(reason)}`)}`,
    ),
    ...voided.map(
      ({ approver, why }) =>
        `${paint('red', '✗')} ${oneLine(approver.name)} approved, and it counts no more. ${paint('dim', oneLine(why))}`,
    ),
    ...(wording === undefined
      ? []
      : [
          `${paint('dim', wording.push ? 'to' : 'to, not pushed:')} ${oneLine(wording.branch)}  ${paint('dim', 'as')}`,
          // All of it: who approves as well says these very words.
          ...manyLines(wording.message)
            .split('\n')
            .map((line) => `  ${line}`),
        ]),
  ]
}
