import type { PlantedCanary } from '#gateway/outgoing/canary-trip.ts'
import { createAnswerWatch } from '#gateway/outgoing/watch-answer.ts'
import { type CanarySighting, type CanaryWatch, createCanaryWatch } from '#guards/canary.ts'
import { type AttemptRow, noteAttempt } from '#store/attempts.ts'
import type { StepContext } from './step.ts'

/** The canaries of one attempt: made when its agent first starts, kept with it, and the same on every iteration. */
export interface Canaries {
  /** Told to the model among its instructions, where the agent can be told anything. */
  readonly instructions: string
  /** The two halves of a key that opens nothing, in a file an honest agent has no reason to read. */
  readonly keyId: string
  readonly key: string
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const KEY_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export async function canariesOf({ workshop, task }: StepContext, attempt: AttemptRow): Promise<Canaries> {
  const known = readCanaries(attempt.canaries)
  if (known !== undefined) return known
  const letters = (alphabet: string, count: number) =>
    [...workshop.random(count)].map((byte) => alphabet[byte % alphabet.length]).join('')
  const made: Canaries = {
    instructions: letters(LETTERS, 24),
    keyId: `AKIA${letters('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
    key: letters(KEY_LETTERS, 40),
  }
  await workshop.store.inOrganisation(task.organisation, (tx) =>
    noteAttempt(tx, attempt.id, { canaries: [made.instructions, made.keyId, made.key] }),
  )
  return made
}

export function plantedCanaries({ instructions, keyId, key }: Canaries): readonly PlantedCanary[] {
  const file = 'a decoy file of credentials'
  return [
    { planted: 'the instructions', value: instructions, inPrompts: true },
    { planted: file, value: keyId, inPrompts: false },
    { planted: file, value: key, inPrompts: false },
  ]
}

/** Watches for what was planted for an attempt; for nothing, where its agent never started. */
export function watchFor(attempt: Pick<AttemptRow, 'canaries'> | undefined): CanaryWatch {
  const known = readCanaries(attempt?.canaries ?? null)
  return createCanaryWatch(known === undefined ? [] : plantedCanaries(known))
}

/** Looks through what an agent puts out, line by line: JSON by what it says, anything else as it stands. */
export function createLineWatch(
  watch: CanaryWatch,
  onSighting: (sighting: CanarySighting) => void,
): (line: string) => void {
  const said = createAnswerWatch(watch, onSighting)
  return (line) => {
    if (line.startsWith('{')) return said(Buffer.from(line))
    const sighting = watch.sees(line)
    if (sighting !== undefined) onSighting(sighting)
  }
}

function readCanaries(stored: readonly string[] | null): Canaries | undefined {
  const [instructions, keyId, key] = stored ?? []
  if (instructions === undefined || keyId === undefined || key === undefined) return undefined
  return { instructions, keyId, key }
}
