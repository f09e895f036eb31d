import type { EventBody } from '#contract/event.ts'
import { instantOf } from '#kernel/instant.ts'
import { appendEvents } from '#store/events.ts'
import type { TaskRow } from '#store/schema.ts'
import type { Workshop } from './workshop.ts'

/** How long events are gathered before they are written together. */
const GATHER_MILLISECONDS = 30

/** The most events that one step may write at an agent's word; one that floods the log is cut, and the log says so. */
const MOST_EVENTS = 20_000

/** What agents say of themselves. The rest is the host's own, bounded where it arises: a flood does not keep it out. */
const SAID_BY_AGENTS: readonly EventBody['kind'][] = ['message', 'command', 'file', 'tool_call', 'permission']

/** Writes a step's events in order and in small batches. */
export class EventWriter {
  readonly #workshop: Pick<Workshop, 'store' | 'clock' | 'onProblem'>
  readonly #task: TaskRow
  #gathered: { at: string; body: EventBody }[] = []
  #said = 0
  #timer: NodeJS.Timeout | undefined
  #tail: Promise<void> = Promise.resolve()

  constructor(workshop: Pick<Workshop, 'store' | 'clock' | 'onProblem'>, task: TaskRow) {
    this.#workshop = workshop
    this.#task = task
  }

  tell(body: EventBody): void {
    const said = SAID_BY_AGENTS.includes(body.kind)
    if (said) this.#said += 1
    if (said && this.#said > MOST_EVENTS) return
    const cut: EventBody = { kind: 'step', step: 'events', note: `Cut: more than ${MOST_EVENTS} events.` }
    const at = instantOf(this.#workshop.clock())
    this.#gathered.push({ at, body: said && this.#said === MOST_EVENTS ? cut : body })
    this.#timer ??= setTimeout(() => this.#write(), GATHER_MILLISECONDS)
  }

  /** Resolves once everything told so far is stored. */
  async flush(): Promise<void> {
    this.#write()
    await this.#tail
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const events = this.#gathered
    if (events.length === 0) return
    this.#gathered = []
    const { id: task, attempt, organisation } = this.#task
    this.#tail = this.#tail
      .then(async () => {
        await this.#workshop.store.inOrganisation(organisation, (tx) =>
          appendEvents(tx, { task, attempt, events }),
        )
      })
      .catch((cause: unknown) => this.#workshop.onProblem('events could not be written', cause))
  }
}
