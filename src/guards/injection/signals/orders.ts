import type { Folded } from '../fold.ts'
import { mention, talksAboutIt } from '../mood.ts'
import type { Order } from '../order.ts'
import { AGENT_ORDERS } from '../orders/agent.ts'
import { LEAK_ORDERS } from '../orders/leak.ts'
import { OVERRIDE_ORDERS } from '../orders/override.ts'
import { PERSONA_ORDERS } from '../orders/persona.ts'
import { readIdeas } from '../read.ts'
import type { Signal, Who } from '../signal.ts'

export const ORDERS: readonly Order[] = [
  ...OVERRIDE_ORDERS,
  ...LEAK_ORDERS,
  ...PERSONA_ORDERS,
  ...AGENT_ORDERS,
]

const LEAST = 0.1

/** Orders to the reader in whatever language, sentence by sentence. */
export function orderSignals(folded: Folded, who: Who, orders = ORDERS): Signal[] {
  const signals: Signal[] = []
  let about: number | undefined
  for (const sentence of readIdeas(folded))
    for (const { rule, class: kind, reason, weights, find } of orders) {
      const most = who === 'tool' ? (weights.tool ?? weights.data) : weights[who]
      const found = most < LEAST ? undefined : find(sentence, folded.text)
      if (found === undefined) continue
      about ??= talksAboutIt(folded.text)
      const [first, last] =
        found.from.start <= found.to.start ? [found.from, found.to] : [found.to, found.from]
      const weight = Math.min(0.95, most * found.factor * mention(folded.text, first, last, about))
      if (weight < LEAST) continue
      const end = folded.origin(Math.max(last.end, first.end) - 1) + 1
      signals.push({ rule, class: kind, reason, weight, start: folded.origin(first.start), end })
    }
  return signals
}
