import type { Refusal } from '#contract/refusal.ts'
import { END_STATES, type Task } from '#contract/task.ts'
import { ago, compact, count, dollars } from '../terminal/amounts.ts'
import { manyLines, oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { pairs } from '../terminal/table.ts'
import { approvalLines } from './approval-lines.ts'
import { egressLines } from './egress-lines.ts'
import { quoted } from './event-lines.ts'
import { failureText } from './failure.ts'
import { fileLines } from './file-lines.ts'
import { gateLines } from './gate-lines.ts'
import { stateText } from './state.ts'
import { spentOn } from './task-table.ts'

interface Look {
  readonly paint: Paint
  readonly now: number
}

/** Everything a reviewer should know of a task before the diff, the most important first. */
export function taskDetail(task: Task, { paint, now }: Look): string {
  const attempt = task.attempts.at(-1)
  const parts = [
    `${paint('bold', `Task ${task.number}`)}  ${stateText(task.state, paint)}`,
    manyLines(task.intent)
      .split('\n')
      .map((line) => `  ${line}`)
      .join('\n'),
    pairs(facts(task, now), paint),
    ...(task.cause === undefined ? [] : [failureText(causeOf(task.cause), paint)]),
    ...section(
      'What the agent says (nobody has checked it)',
      attempt?.agentSummary ? quoted(attempt.agentSummary, paint) : [],
      paint,
    ),
    ...section('Refused', refusedLines(task, paint), paint),
    ...section('Network for setup', networkLines(task, paint), paint),
    ...(task.patch === undefined && task.gates === undefined
      ? []
      : [
          ...section('Checks', indent(gateLines(task.gates, paint)), paint),
          ...section('Files', indent(fileLines(task.patch, paint)), paint),
        ]),
    ...(task.patch === undefined ? [] : [`  ${paint('dim', `patch ${task.patch.digest}`)}`]),
    ...section(
      'Approvals',
      task.approvals === undefined ? [] : indent(approvalLines(task.approvals, { paint, now })),
      paint,
    ),
    ...section('Published', publishedLines(task, paint), paint),
  ]
  return parts.join('\n\n')
}

/** What one would type next. */
export function nextSteps(task: Task, paint: Paint): string {
  const steps = stepsAfter(task)
  const widest = Math.max(...steps.map(([command]) => command.length))
  return steps
    .map(([command, what]) => `  ${paint('cyan', command.padEnd(widest))}  ${paint('dim', what)}`)
    .join('\n')
}

function stepsAfter(task: Task): readonly (readonly [command: string, what: string])[] {
  const { number } = task
  if (task.state === 'awaiting_review')
    return [
      [`airlock review ${number}`, 'look, drop files or hunks, decide'],
      [`airlock diff ${number}`, 'the exact patch'],
      [`airlock approve ${number}`, 'let exactly this patch out'],
      [`airlock reject ${number} -m "…" --retry`, 'say what is wrong; another attempt'],
    ]
  if (task.publication !== undefined)
    return [
      ...(task.publication.pushed
        ? [[`git fetch origin ${oneLine(task.publication.branch)}`, 'get the branch'] as const]
        : []),
      [`airlock verify ${task.publication.commit.slice(0, 12)}`, 'prove offline what was approved'],
    ]
  if (END_STATES.includes(task.state))
    return [[`airlock retry ${number}`, 'another attempt in a new sandbox']]
  return [
    [`airlock watch ${number}`, 'see what happens'],
    [`airlock cancel ${number}`, 'stop it'],
  ]
}

function facts(task: Task, now: number): [string, string][] {
  const last = task.attempts.at(-1)?.spend
  const tokens =
    last === undefined
      ? ''
      : `, ${compact(last.inputTokens + last.outputTokens)} tokens in ${count(last.requests, 'call')}`
  const without =
    task.scope.exclude.length === 0 ? '' : `  but not ${task.scope.exclude.map(oneLine).join(' ')}`
  return [
    ['asked by', `${oneLine(task.requester.name)}, ${ago(task.createdAt, now)}`],
    ['base', `${oneLine(task.base.branch)} at ${oneLine(task.base.commit.slice(0, 12))}`],
    ['scope', `${task.scope.include.map(oneLine).join(' ')}${without}`],
    ['agent', `${oneLine(task.agent)} with ${oneLine(task.model)}`],
    ['spent', `${dollars(spentOn(task))} of ${dollars(task.budget.microDollars)}${tokens}`],
    ...riskLine(task),
    ...(task.preserved === undefined
      ? []
      : [
          ['kept', `${keptText(task.preserved)}: airlock sandbox inspect ${task.number}`] as [string, string],
        ]),
    ...(task.attempts.length > 1 ? [['attempts', String(task.attempts.length)] as [string, string]] : []),
  ]
}

function riskLine({ risk }: Task): [string, string][] {
  return risk === undefined ? [] : [['risk', [risk.level, ...risk.reasons].join('  ')]]
}

function keptText({ phase, expiresAt }: NonNullable<Task['preserved']>): string {
  return `the workspace of ${phase === 'run' ? 'the agent' : 'the failed setup'} until ${expiresAt}`
}

function causeOf(cause: NonNullable<Task['cause']>) {
  const { code, message, rule, remedy, details } = cause
  return {
    code,
    message,
    ...(rule === undefined ? {} : { rule }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(details === undefined ? {} : { details }),
  }
}

/** Each rule with what was tried, the same attempt told once. */
function refusedLines(task: Task, paint: Paint): readonly string[] {
  const groups = Map.groupBy(
    task.attempts.flatMap((attempt) => attempt.refusals),
    (refusal: Refusal) => `${refusal.rule}\u0000${refusal.what}`,
  )
  const widest = Math.max(0, ...[...groups.values()].map(([first]) => oneLine(first?.rule ?? '').length))
  return [...groups.values()].flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    const times = same.length > 1 ? paint('dim', ` ×${same.length}`) : ''
    return [
      `  ${paint('red', '✗')} ${paint('bold', oneLine(first.rule).padEnd(widest))}  ${oneLine(first.what)}${times}`,
    ]
  })
}

function networkLines(task: Task, paint: Paint): readonly string[] {
  return task.egress === undefined ? [] : egressLines(task.egress, `airlock widen ${task.number}`, paint)
}

function publishedLines(task: Task, paint: Paint): readonly string[] {
  const { publication } = task
  if (publication === undefined) return []
  const entries: [string, string][] = [
    ['branch', `${oneLine(publication.branch)}${publication.pushed ? '' : paint('yellow', '  not pushed')}`],
    ['commit', oneLine(publication.commit)],
    ['approver', `${oneLine(publication.approver.name)} <${oneLine(publication.approver.email)}>`],
  ]
  return pairs(entries, paint).split('\n')
}

function section(title: string, lines: readonly string[], paint: Paint): readonly string[] {
  return lines.length === 0 ? [] : [`${paint('bold', title)}\n${lines.join('\n')}`]
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`))
}
