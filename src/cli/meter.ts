import type { TaskEvent } from '#contract/event.ts'
import { END_STATES, type Task, type TaskState } from '#contract/task.ts'
import { stateWords } from './render/state.ts'
import { compact, dollars, duration } from './terminal/amounts.ts'
import type { Paint } from './terminal/screen.ts'

/** What the status line of a running task shows. */
export interface Meter {
  readonly state: TaskState
  readonly microDollars: number
  readonly tokens: number
  /** When the agent began, in milliseconds since 1970; the time of the budget runs from there. */
  readonly runningSince: number | undefined
}

export const IDLE_METER: Meter = { state: 'queued', microDollars: 0, tokens: 0, runningSince: undefined }

export function measured(meter: Meter, event: TaskEvent): Meter {
  const { body } = event
  if (body.kind === 'model_call') {
    const { total } = body
    return { ...meter, microDollars: total.microDollars, tokens: total.inputTokens + total.outputTokens }
  }
  if (body.kind !== 'state') return meter
  return { ...meter, state: body.to, runningSince: body.to === 'running' ? Date.parse(event.at) : undefined }
}

/** `running · $0.12 of $0.50 · 12.3k tokens · 8 min 40 s left` */
export function meterLine(meter: Meter, budget: Task['budget'], now: number, paint: Paint): string {
  if (END_STATES.includes(meter.state) || meter.state === 'awaiting_review') return ''
  const spent = `${dollars(meter.microDollars)} of ${dollars(budget.microDollars)}`
  const nearlyGone = meter.microDollars > budget.microDollars * 0.8
  const left =
    meter.runningSince === undefined
      ? []
      : [`${duration(Math.max(0, budget.seconds - (now - meter.runningSince) / 1000))} left`]
  const parts = [
    paint('cyan', stateWords(meter.state)),
    nearlyGone ? paint('yellow', spent) : spent,
    `${compact(meter.tokens)} tokens`,
    ...left,
  ]
  return `${SPINNER[Math.floor(now / 120) % SPINNER.length]} ${parts.join(paint('dim', ' · '))}`
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
