import type { Folded } from '../fold.ts'
import { unscrambled } from '../misspelt.ts'
import { mention, talksAboutIt } from '../mood.ts'
import type { Order } from '../order.ts'
import { AGENT_ORDERS } from '../orders/agent.ts'
import { ANSWER_ORDERS } from '../orders/answer.ts'
import { DUTY_ORDERS } from '../orders/duty.ts'
import { EARLIER_ORDERS } from '../orders/earlier.ts'
import { GAME_ORDERS } from '../orders/game.ts'
import { LEAK_ORDERS } from '../orders/leak.ts'
import { LIBERTY_ORDERS } from '../orders/liberty.ts'
import { OVERRIDE_ORDERS } from '../orders/override.ts'
import { PERSONA_ORDERS } from '../orders/persona.ts'
import { READER_ORDERS } from '../orders/reader.ts'
import { STANDING_ORDERS } from '../orders/standing.ts'
import { WRAPPED_ORDERS } from '../orders/wrapped.ts'
import { readIdeas } from '../read.ts'
import type { Signal, Who } from '../signal.ts'

export const ORDERS: readonly Order[] = [
  ...OVERRIDE_ORDERS,
  ...LEAK_ORDERS,
  ...PERSONA_ORDERS,
  ...LIBERTY_ORDERS,
  ...STANDING_ORDERS,
  ...AGENT_ORDERS,
  ...ANSWER_ORDERS,
  ...EARLIER_ORDERS,
  ...GAME_ORDERS,
  ...DUTY_ORDERS,
  ...WRAPPED_ORDERS,
  ...READER_ORDERS,
]

const LEAST = 0.1

/** Orders to the reader in whatever language, sentence by sentence. */
export function orderSignals(folded: Folded, who: Who, orders = ORDERS): Signal[] {
  const signals: Signal[] = []
  const text = unscrambled(folded.text)
  let about: number | undefined
  for (const sentence of readIdeas(text)) {
    const held = sentence.reduce((all, { concepts }) => all | concepts, 0)
    for (const { rule, class: kind, reason, weights, about: asked, find } of orders) {
      if ((held & asked) === 0) continue
      const most = who === 'tool' ? (weights.tool ?? weights.data) : weights[who]
      const found = most < LEAST ? undefined : find(sentence, text)
      if (found === undefined) continue
      about ??= talksAboutIt(text)
      const [first, last] =
        found.from.start <= found.to.start ? [found.from, found.to] : [found.to, found.from]
      const weight = Math.min(0.95, most * found.factor * mention(text, first, last, about))
      if (weight < LEAST) continue
      const end = folded.origin(Math.max(last.end, first.end) - 1) + 1
      signals.push({ rule, class: kind, reason, weight, start: folded.origin(first.start), end })
    }
  }
  return signals
}
