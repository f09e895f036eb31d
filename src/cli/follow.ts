import type { TaskEvent } from '#contract/event.ts'
import type { Task } from '#contract/task.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Client } from './client.ts'
import { IDLE_METER, measured, meterLine, meterParts } from './meter.ts'
import { eventLines } from './render/event-lines.ts'
import type { Session } from './session.ts'
import { safeJson } from './terminal/safe-text.ts'

const REDRAW_MILLISECONDS = 120
const TELL_MILLISECONDS = 15_000
const MARGIN = ' '.repeat(6)

/** How following ended: the task needs nobody's eyes any more, or the person pressed Ctrl-C. */
export type Followed = { readonly task: Task; readonly interrupted: boolean }

/**
 * Shows what happens to a task until it waits for a person or is at an end. With --json every event is one line;
 * with `quiet` nothing is shown. Ctrl-C stops the showing, never the task.
 */
export async function follow(
  session: Session<unknown>,
  client: Client,
  task: Task,
  quiet = false,
): Promise<Result<Followed>> {
  const stop = new AbortController()
  const stopListening = session.onInterrupt(() => stop.abort())
  const display = quiet ? SILENT : session.options.json ? jsonDisplay(session) : liveDisplay(session, task)
  try {
    for await (const event of client.events(String(task.number), stop.signal)) {
      display.show(event)
      if (event.body.kind === 'step' && event.body.step === 'budget') {
        const raised = await client.task(event.task)
        if (raised.ok) display.budgetIs(raised.value.budget)
      }
      if (await waitsForPerson(client, event)) break
    }
  } finally {
    display.end()
    stopListening()
  }
  const now = await client.task(String(task.number))
  return now.ok ? ok({ task: now.value, interrupted: stop.signal.aborted }) : now
}

/** An old event may say so of a time that is gone; only the task itself knows whether it still does. */
async function waitsForPerson(client: Client, event: TaskEvent): Promise<boolean> {
  if (event.body.kind !== 'state' || event.body.to !== 'awaiting_review') return false
  const task = await client.task(event.task)
  return task.ok && task.value.state === 'awaiting_review'
}

interface Display {
  show(event: TaskEvent): void
  /** The budget was raised. */
  budgetIs(budget: Task['budget']): void
  end(): void
}

const SILENT: Display = { show: () => undefined, budgetIs: () => undefined, end: () => undefined }

function jsonDisplay({ screen }: Session<unknown>): Display {
  return { ...SILENT, show: (event) => screen.print(safeJson(event)) }
}

function liveDisplay({ screen, clock }: Session<unknown>, task: Task): Display {
  let meter = IDLE_METER
  let budget = task.budget
  let began: number | undefined
  let told = 0
  const redraw = () => screen.status(meterLine(meter, budget, clock(), screen.paint))
  const timer = screen.live ? setInterval(redraw, REDRAW_MILLISECONDS) : undefined
  return {
    show(event) {
      meter = measured(meter, event)
      const at = Date.parse(event.at)
      began ??= at
      const time = screen.paint('dim', elapsed(at - began))
      const [first, ...more] = eventLines(event, screen.paint)
      if (first !== undefined)
        screen.print([`${time} ${first}`, ...more.map((line) => `${MARGIN}${line}`)].join('\n'))
      // Where nothing can be redrawn, the same words come as a line of their own from time to time.
      if (screen.live || at - told < TELL_MILLISECONDS || event.body.kind !== 'model_call') return
      told = at
      const parts = meterParts({ ...meter, last: undefined }, budget, at, screen.paint)
      if (parts.length > 0) screen.print(`${time}   ${screen.paint('dim', '…')} ${parts.join(', ')}`)
    },
    budgetIs(now) {
      budget = now
    },
    end() {
      clearInterval(timer)
      screen.status('')
    },
  }
}

function elapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`
}
