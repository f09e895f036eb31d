import type { Refusal } from '#contract/refusal.ts'
import { type Mask, maskOf } from '#guards/secrets/mask.ts'
import type { AskedFor, Lane } from './gateway.ts'
import type { CanaryTrip } from './outgoing/canary-trip.ts'

/** Beyond it an agent that asks the forbidden in a loop fills the log with nothing new. */
const MOST_REFUSALS = 500

/** Reports what happens in a lane; whatever the listener does, the lane goes on. */
export interface LaneEvents {
  call(event: Extract<Parameters<Lane['onEvent']>[0], { kind: 'model_call' }>): void
  refusal(refusal: Refusal, asked?: AskedFor): void
  budget(event: Extract<Parameters<Lane['onEvent']>[0], { kind: 'budget' }>): void
  canary(trip: CanaryTrip): void
}

/** `look` is shown what was tried, before it is cut to what a log holds. */
export function createLaneEvents(
  { onEvent, onCanary, secrets = [] }: Pick<Lane, 'onEvent' | 'onCanary' | 'secrets'>,
  look: (text: string) => void = () => undefined,
): LaneEvents {
  const mask = maskOf(secrets)
  let refusals = 0
  const emit: Lane['onEvent'] = (event) => {
    try {
      onEvent(event)
    } catch {
      // the listener's fault; the agent must not gain or lose by it
    }
  }
  return {
    call: emit,
    budget: emit,
    canary: (trip) => onCanary?.(trip),
    refusal({ boundary, rule, what, reason, remedy }, asked) {
      look(what)
      refusals++
      if (refusals > MOST_REFUSALS) return
      const last = refusals === MOST_REFUSALS ? ' Further refusals of this run are not listed.' : ''
      const refusal = { boundary, rule, what: printable(mask(what)), reason: reason + last }
      emit({
        kind: 'refusal',
        refusal: remedy === undefined ? refusal : { ...refusal, remedy },
        ...(asked === undefined ? {} : { asked: masked(asked, mask) }),
      })
    },
  }
}

function masked(asked: AskedFor, mask: Mask): AskedFor {
  return asked.path === undefined ? asked : { ...asked, path: mask(asked.path) }
}

/** What was tried is the agent's text: one line, no control characters, bounded. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\u{10ffff}]/gu, '?').slice(0, 500)
}
