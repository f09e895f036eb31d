import { setTimeout as sleep } from 'node:timers/promises'
import { EventSourceParserStream } from 'eventsource-parser/stream'
import { TaskEvent } from '#contract/event.ts'
import { AirlockError } from '#kernel/failure.ts'
import { failureIn, unreachable } from './wire-failure.ts'

interface Feed {
  readonly url: string
  readonly token: string
  /** The last sequence that is known already. */
  readonly after: number
  readonly signal: AbortSignal
}

const MOST_LOSSES = 6
const FIRST_PAUSE_MILLISECONDS = 200

/**
 * The events of a task, each once and in order, until the task ends or the signal is given. A lost connection is taken up
 * again after the last event; a server that stays away, or refuses, ends it with an AirlockError.
 */
export async function* taskEvents(feed: Feed): AsyncGenerator<TaskEvent, void> {
  let last = feed.after
  let losses = 0
  while (!feed.signal.aborted) {
    const response = await open(feed, last)
    if (response !== undefined && !response.ok) throw new AirlockError(await failureIn(response))
    try {
      for await (const message of messagesOf(response)) {
        if (message.event === 'end') return
        const event = TaskEvent.safeParse(jsonOrNothing(message.data))
        if (!event.success) continue
        losses = 0
        last = event.data.sequence
        yield event.data
      }
    } catch (thrown) {
      if (thrown instanceof AirlockError) throw thrown
    }
    if (feed.signal.aborted) return
    losses += 1
    if (losses > MOST_LOSSES) throw new AirlockError(unreachable(new URL(feed.url).origin))
    await sleep(FIRST_PAUSE_MILLISECONDS * 2 ** (losses - 1), undefined, { signal: feed.signal }).catch(
      () => undefined,
    )
  }
}

async function open({ url, token, signal }: Feed, last: number): Promise<Response | undefined> {
  try {
    return await fetch(url, {
      redirect: 'error',
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        'last-event-id': String(last),
      },
    })
  } catch {
    return undefined
  }
}

async function* messagesOf(
  response: Response | undefined,
): AsyncGenerator<{ event?: string | undefined; data: string }> {
  if (!response?.body) return
  yield* response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
