import type { Refusal } from '#contract/refusal.ts'
import { type CanarySighting, createCanaryWatch } from '#guards/canary.ts'
import type { KnownSecret } from '#guards/secrets/known-value.ts'
import type { CanaryTrip, PlantedCanary } from './canary-trip.ts'
import type { RedactedPrompt } from './cut.ts'
import { createPromptRedaction } from './redact-prompt.ts'
import { createAnswerWatch } from './watch-answer.ts'

/** Keeps secrets out of what a lane sends, and looks for canaries in what goes through it. */
export interface LaneGuard {
  redact(body: Buffer): RedactedPrompt
  /** For one answer; each call takes the next JSON text of it. */
  answer(): (json: Buffer) => void
  /** Looks through something else that the agent uttered. */
  look(text: string, where: string): void
  /** True once a canary was met: nothing goes through the lane any more. */
  tripped(): boolean
}

const CANARY = 'canary'

export function createLaneGuard(
  secrets: readonly KnownSecret[],
  canaries: readonly PlantedCanary[],
  events: { refusal(refusal: Refusal): void; canary(trip: CanaryTrip): void },
): LaneGuard {
  const named = (inPrompts: boolean) =>
    canaries
      .filter((canary) => canary.inPrompts === inPrompts)
      .map(({ planted, value }) => ({ name: `${CANARY}:${planted}`, value }))
  const redaction = createPromptRedaction([...secrets, ...named(false)], named(true))
  const watch = createCanaryWatch(canaries)
  const told = new Set<string>()
  let tripped = false

  const trip = (where: string, { planted, form }: CanarySighting) => {
    if (tripped) return
    tripped = true
    events.canary({ planted, form, where })
  }

  return {
    redact(body) {
      const prompt = redaction(body)
      for (const { placeholder, dress } of prompt.redacted) {
        if (placeholder.startsWith(`[airlock:secret:${CANARY}:`)) {
          const planted = placeholder.slice(17 + CANARY.length, -1).replaceAll('-', ' ')
          trip('what the agent read out to the model', { planted, form: dress || 'as it is' })
          continue
        }
        const what = `${placeholder}${dress === '' ? '' : `, ${dress}`}, in a prompt`
        if (!told.has(what)) events.refusal(redactedRefusal(what))
        told.add(what)
      }
      return prompt
    },
    answer: () => createAnswerWatch(watch, (sighting) => trip('the answer of the model', sighting)),
    look(text, where) {
      const sighting = watch.sees(text)
      if (sighting !== undefined) trip(where, sighting)
    },
    tripped: () => tripped,
  }
}

/** Told once for each secret and dress: the prompts that follow repeat what the first one said. */
function redactedRefusal(what: string) {
  return {
    boundary: 'secret' as const,
    rule: 'secret.redacted',
    what,
    reason: 'No secret goes to a model: this one was replaced before the prompt left.',
    remedy: 'Keep it out of the files and outputs that the agent reads.',
  }
}
