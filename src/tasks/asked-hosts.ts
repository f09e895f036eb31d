import { type EgressRoute, targetText } from '#contract/egress.ts'
import type { AskedFor } from '#gateway/gateway.ts'
import { type Instant, instantOf } from '#kernel/instant.ts'
import { type NewEgressRequest, noteEgressRequests } from '#store/egress.ts'
import type { StepContext } from './step.ts'

/** Names come from code nobody trusts: beyond so many different ones a setup asks for no more. */
const MOST = 50
const LONGEST_PATH = 200

/** Gathers what one run of the setup asked people for, tells of each once, and writes it down at the end. */
export class AskedHosts {
  readonly #context: StepContext
  readonly #requests = new Map<string, NewEgressRequest>()

  constructor(context: StepContext) {
    this.#context = context
  }

  /** What airlock.yaml names beyond what anybody allowed. */
  await(routes: readonly EgressRoute[]): void {
    for (const route of routes) this.#note(route, 'project')
  }

  note(asked: AskedFor): void {
    this.#note(asked, 'setup')
  }

  async write(): Promise<void> {
    const { workshop, task } = this.#context
    const requests = [...this.#requests.values()]
    if (requests.length === 0) return
    await workshop.store.inOrganisation(task.organisation, (tx) => noteEgressRequests(tx, task.id, requests))
  }

  #note(asked: AskedFor, origin: 'setup' | 'project'): void {
    const { method = '', path: whole = '', scheme, host, port } = asked
    const path = whole.slice(0, LONGEST_PATH)
    const target = targetText(asked)
    const key = JSON.stringify([target, method, path])
    const at: Instant = instantOf(this.#context.workshop.clock())
    const before = this.#requests.get(key)
    if (before !== undefined)
      return void this.#requests.set(key, { ...before, times: before.times + 1, lastAt: at })
    if (this.#requests.size >= MOST) return
    const times = origin === 'setup' ? 1 : 0
    this.#requests.set(key, {
      ...{ target, method, path, scheme, host, port, origin },
      ...{ times, firstAt: at, lastAt: at },
    })
    const request = method === '' ? {} : { method, path }
    this.#context.tell({ kind: 'egress', action: 'asked', target, ...request })
  }
}
