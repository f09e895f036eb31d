import type { EventBody, TaskEvent } from '#contract/event.ts'
import type { Refusal } from '#contract/refusal.ts'
import { compact, count, dollars, duration } from '../terminal/amounts.ts'
import { manyLines, oneLine, shortened } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { wrapped } from '../terminal/wrap.ts'
import { stateText } from './state.ts'

const COMMAND_WIDTH = 160

/** What happened, for a person who watches; empty for what only moves the meter. */
export function eventLines(event: TaskEvent, paint: Paint): readonly string[] {
  const { body } = event
  switch (body.kind) {
    case 'state':
      return [
        stateText(body.to, paint),
        ...(body.cause ? [`  ${paint('red', oneLine(body.cause.message))}`] : []),
      ]
    case 'step':
      return [`  ${paint('dim', '·')} ${oneLine(body.step)} ${paint('dim', oneLine(body.note))}`.trimEnd()]
    case 'message':
      return quoted(body.text, paint)
    case 'command':
      return [commandLine(body, paint)]
    case 'file':
      return [
        `  ${paint(body.action === 'read' ? 'dim' : 'cyan', `${FILE_MARK[body.action]} ${body.action}`)} ${oneLine(body.path)}`,
      ]
    case 'tool_call':
      return [toolLine(body, paint)]
    case 'permission':
      return [permissionLine(body, paint)]
    case 'budget':
      return [budgetLine(body, paint)]
    case 'model_call':
      return body.status < 400 ? [] : [`  ${paint('red', '✗')} the model provider answered ${body.status}`]
    case 'refusal':
      return refusalLines(body.refusal, paint)
    case 'egress':
      return [egressLine(body, paint)]
    case 'agent_ended':
      return [`  ${paint('dim', '·')} ${ENDING[body.ending]}`]
    case 'gate':
      return [gateLine(body, paint)]
    case 'patch':
      return [patchLine(body, paint)]
  }
}

/** A refusal as nobody can overlook it: the rule, what was tried, why not, and what would allow it. */
export function refusalLines(refusal: Refusal, paint: Paint): readonly string[] {
  const bar = paint('red', '  ┃')
  const head = `${paint(['bold', 'bgRed', 'white'], ' REFUSED ')} ${paint(['bold', 'red'], oneLine(refusal.rule))}`
  const dim = (text: string) => wrapped(text).map((line) => `${bar} ${paint('dim', line)}`)
  return [
    `${bar} ${head}`,
    `${bar} ${shortened(refusal.what, COMMAND_WIDTH)}`,
    ...dim(oneLine(refusal.reason)),
    ...(refusal.remedy === undefined ? [] : dim(`Would be allowed: ${oneLine(refusal.remedy)}`)),
  ]
}

/** Somebody else's words, marked along the edge so that they cannot be taken for ours. */
export function quoted(text: string, paint: Paint): readonly string[] {
  return manyLines(text)
    .trim()
    .split('\n')
    .flatMap((line) => wrapped(line))
    .map((line) => `  ${paint('magenta', '▏')}${line}`)
}

const FILE_MARK = { read: '○', edited: '✎', created: '+', deleted: '−' } as const

const EGRESS = { asked: 'asks to reach', allowed: 'allowed', revoked: 'took back' } as const

function egressLine(body: Extract<EventBody, { kind: 'egress' }>, paint: Paint): string {
  const who = body.by === undefined ? 'setup' : oneLine(body.by)
  const what = [body.method, body.target + (body.path ?? '')].filter((part) => part !== undefined).join(' ')
  return `  ${paint('yellow', '⇄')} ${who} ${EGRESS[body.action]} ${oneLine(what)}`
}

const ENDING = {
  finished: 'the agent says it is done',
  budget: 'the budget is gone; what was made is kept',
  time: 'the time is over; what was made is kept',
  idle: 'the agent fell silent and was stopped',
  crashed: 'the agent crashed',
  cancelled: 'the agent was stopped',
  canary: 'the agent let a canary out and was stopped',
} as const

function toolLine(body: Extract<EventBody, { kind: 'tool_call' }>, paint: Paint): string {
  const outcome =
    body.outcome === undefined || body.outcome === 'done' ? '' : `  ${paint('red', body.outcome)}`
  return `  ${paint('dim', '○')} ${oneLine(body.tool)} ${paint('dim', shortened(body.what, COMMAND_WIDTH))}${outcome}`
}

function permissionLine(body: Extract<EventBody, { kind: 'permission' }>, paint: Paint): string {
  const answer = body.answer === 'allowed' ? paint('green', 'allowed') : paint('red', 'refused')
  const rule = body.rule === undefined ? '' : paint('dim', ` by ${oneLine(body.rule)}`)
  return `  ${paint('dim', '?')} ${answer}${rule} ${shortened(body.what, COMMAND_WIDTH)}`
}

function budgetLine(body: Extract<EventBody, { kind: 'budget' }>, paint: Paint): string {
  const share = body.limit === 0 ? 100 : Math.floor((100 * body.used) / body.limit)
  const text = `${share} % of the ${body.dimension} of ${oneLine(body.of)} is used: ${amountOf(body, body.used)} of ${amountOf(body, body.limit)}`
  return `  ${paint('yellow', '!')} ${paint('yellow', text)}`
}

function amountOf({ dimension }: Extract<EventBody, { kind: 'budget' }>, amount: number): string {
  return dimension === 'money' ? dollars(amount) : compact(amount)
}

function commandLine(body: Extract<EventBody, { kind: 'command' }>, paint: Paint): string {
  const after = [
    ...(body.exitCode === undefined || body.exitCode === 0 ? [] : [paint('red', `exit ${body.exitCode}`)]),
    ...(body.seconds === undefined || body.seconds < 1 ? [] : [paint('dim', duration(body.seconds))]),
  ]
  return [`  ${paint('blue', '$')} ${shortened(body.command, COMMAND_WIDTH)}`, ...after].join('  ')
}

function gateLine(body: Extract<EventBody, { kind: 'gate' }>, paint: Paint): string {
  const mark = body.outcome === 'pass' ? paint('green', '✓') : paint('yellow', '✗')
  const side = body.side === 'base' ? 'before' : 'after'
  const facts = [
    oneLine(body.outcome.replaceAll('_', ' ')),
    ...(body.diagnostics > 0 ? [count(body.diagnostics, 'finding')] : []),
    body.cached ? 'known' : duration(body.seconds),
  ]
  return `  ${mark} ${oneLine(body.gate)} ${paint('dim', `${side} the change: ${facts.join(', ')}`)}`
}

function patchLine(body: Extract<EventBody, { kind: 'patch' }>, paint: Paint): string {
  const undone =
    body.undone === 0 ? '' : paint('red', `, ${count(body.undone, 'change')} outside the scope undone`)
  return `  ${paint('cyan', '≡')} patch of ${count(body.files, 'file')}${undone}`
}
