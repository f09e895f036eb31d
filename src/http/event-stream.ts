import type { Context } from 'hono'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import type { TaskEvent } from '#contract/event.ts'
import { END_STATES, type TaskState } from '#contract/task.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import type { Application, TaskRef } from './application.ts'

const BATCH = 200

interface Follow {
  readonly application: Application
  readonly actor: Actor
  readonly task: TaskRef
  /** The last sequence the client has. */
  readonly after: number
  readonly heartbeatMilliseconds: number
  /** Asked before anything more is sent: a client that reads slowly enough never comes to a pause. */
  readonly isStillAllowed: () => Promise<boolean>
}

/**
 * A task's events as server-sent events: what the client has not seen yet, then each as it happens, until the task is at
 * an end (then one `end` event). Each carries its sequence as id, so that `Last-Event-ID` resumes without gap or double.
 */
export async function eventStream(context: Context, follow: Follow): Promise<Result<Response>> {
  const { application, actor, task } = follow
  const found = await application.getTask(actor, task)
  if (!found.ok) return found
  const bell = createBell()
  const unsubscribe = await application.subscribe(actor, task, () => bell.ring())
  if (!unsubscribe.ok) return unsubscribe
  const response = streamSSE(context, async (stream) => {
    stream.onAbort(() => bell.ring())
    try {
      await pump(stream, follow, found.value.state, bell)
    } finally {
      unsubscribe.value()
    }
  })
  // Buffering proxies would hold the events back.
  response.headers.set('x-accel-buffering', 'no')
  return ok(response)
}

/**
 * The listener only rings; events are always read from the store. So a slow client costs no memory, and an event
 * between backlog and subscription is neither lost nor sent twice.
 */
async function pump(stream: SSEStreamingApi, follow: Follow, state: TaskState, bell: Bell): Promise<void> {
  let last = follow.after
  let ended = END_STATES.includes(state)
  while (!stream.aborted) {
    const events = await follow.application.eventsAfter(follow.actor, follow.task, last, BATCH)
    if (!events.ok) return
    for (const event of events.value) {
      await stream.writeSSE({ id: String(event.sequence), data: JSON.stringify(event) })
      last = event.sequence
      ended = endedBy(event, ended)
    }
    const more = events.value.length > 0
    if (ended && !more) return stream.writeSSE({ event: 'end', data: '{}' })
    const rung = more || (await bell.wait(follow.heartbeatMilliseconds))
    if (!(await follow.isStillAllowed())) return
    if (!rung) await stream.write(': still here\n\n')
  }
}

function endedBy(event: TaskEvent, before: boolean): boolean {
  return event.body.kind === 'state' ? END_STATES.includes(event.body.to) : before
}

interface Bell {
  ring(): void
  /** True when it rang since the last wait, false when the time was up first. */
  wait(milliseconds: number): Promise<boolean>
}

function createBell(): Bell {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(milliseconds) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        const timer = setTimeout(resolve, milliseconds)
        await promise
        clearTimeout(timer)
        wake = undefined
      }
      const was = rung
      rung = false
      return was
    },
  }
}
