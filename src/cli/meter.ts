import type { EventBody, TaskEvent } from '#contract/event.ts'
import { END_STATES, type Task, type TaskState } from '#contract/task.ts'
import { stateWords } from './render/state.ts'
import { ago, compact, count, dollars, duration } from './terminal/amounts.ts'
import { shortened } from './terminal/safe-text.ts'
import type { Paint } from './terminal/screen.ts'

/** What the status line of a running task shows. */
export interface Meter {
  readonly attempt: number
  readonly state: TaskState
  readonly microDollars: number
  readonly tokens: number
  readonly calls: number
  readonly refusals: number
  /** When the agent began, in milliseconds since 1970; the time of the budget runs from there. */
  readonly runningSince: number | undefined
  /** Milliseconds it ran before, in this attempt. */
  readonly ranBefore: number
  /** What it did last, and when. */
  readonly last: { readonly what: string; readonly at: string } | undefined
}

export const IDLE_METER: Meter = {
  attempt: 0,
  state: 'queued',
  microDollars: 0,
  tokens: 0,
  calls: 0,
  refusals: 0,
  runningSince: undefined,
  ranBefore: 0,
  last: undefined,
}

/** The meter after one more event. Money, time and the rest are those of the attempt. */
export function measured(before: Meter, event: TaskEvent): Meter {
  const { body } = event
  const meter = event.attempt > before.attempt ? { ...IDLE_METER, attempt: event.attempt } : before
  switch (body.kind) {
    case 'model_call': {
      const { microDollars, inputTokens, outputTokens, requests } = body.total
      const last = { what: 'the model answered', at: event.at }
      return { ...meter, microDollars, tokens: inputTokens + outputTokens, calls: requests, last }
    }
    case 'refusal':
      return { ...meter, refusals: meter.refusals + 1, last: lastOf(event) }
    case 'state': {
      const at = Date.parse(event.at)
      const ran = meter.runningSince === undefined ? 0 : at - meter.runningSince
      return {
        ...meter,
        state: body.to,
        runningSince: body.to === 'running' ? at : undefined,
        ranBefore: meter.ranBefore + ran,
        last: undefined,
      }
    }
    default:
      return { ...meter, last: lastOf(event) ?? meter.last }
  }
}

/** `running · $0.12 of $0.50 · 12.3k tokens · 4 calls · 8 min 40 s left · 1 refused · $ npm test, 12 s ago` */
export function meterLine(meter: Meter, budget: Task['budget'], now: number, paint: Paint): string {
  const parts = meterParts(meter, budget, now, paint)
  if (parts.length === 0) return ''
  return `${SPINNER[Math.floor(now / 120) % SPINNER.length]} ${parts.join(paint('dim', ' · '))}`
}

/** The parts of the status line, the most important first: a narrow terminal cuts the last ones. */
export function meterParts(
  meter: Meter,
  budget: Task['budget'],
  now: number,
  paint: Paint,
): readonly string[] {
  if (END_STATES.includes(meter.state) || meter.state === 'awaiting_review') return []
  const near = (used: number, limit: number, text: string) =>
    used >= limit * NEARLY_GONE ? paint('yellow', text) : text
  const { microDollars, tokens, calls, refusals, last } = meter
  return [
    paint('cyan', stateWords(meter.state)),
    near(microDollars, budget.microDollars, `${dollars(microDollars)} of ${dollars(budget.microDollars)}`),
    near(tokens, budget.tokens, `${compact(tokens)} tokens`),
    near(calls, budget.requests, count(calls, 'call')),
    ...timeLeft(meter, budget, now, near),
    ...(refusals === 0 ? [] : [paint('red', `${refusals} refused`)]),
    ...(last === undefined ? [] : [paint('dim', `${last.what}, ${sinceThen(last.at, now)}`)]),
  ]
}

/** From this share of a budget on, the agent is told to wrap up. */
const NEARLY_GONE = 0.8
const LAST_WIDTH = 60

function timeLeft(
  { runningSince, ranBefore }: Meter,
  { seconds }: Task['budget'],
  now: number,
  near: (used: number, limit: number, text: string) => string,
): readonly string[] {
  if (runningSince === undefined) return []
  const used = (ranBefore + now - runningSince) / 1000
  return [near(used, seconds, `${duration(Math.max(0, seconds - used))} left`)]
}

/** Seconds while they are few: whoever watches wants to know whether it still moves. */
function sinceThen(at: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000))
  return seconds < 60 ? `${seconds} s ago` : ago(at, now)
}

function lastOf({ body, at }: TaskEvent): Meter['last'] {
  const what = doneIn(body)
  return what === undefined ? undefined : { what: shortened(what, LAST_WIDTH), at }
}

function doneIn(body: EventBody): string | undefined {
  switch (body.kind) {
    case 'message':
      return 'it spoke'
    case 'command':
      return `$ ${body.command}`
    case 'file':
      return `${body.action} ${body.path}`
    case 'tool_call':
      return `${body.tool} ${body.what}`
    case 'permission':
      return `asked for ${body.what}`
    case 'refusal':
      return `refused: ${body.refusal.rule}`
    case 'gate':
      return `gate ${body.gate}`
    case 'step':
      return body.note || body.step
    default:
      return undefined
  }
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
