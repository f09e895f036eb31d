import type { Canary, CanarySighting } from '#guards/canary.ts'

/** A canary and whether the prompt itself may hold it: one planted in the instructions is told to the model with each call. */
export interface PlantedCanary extends Canary {
  readonly inPrompts: boolean
}

export interface CanaryTrip extends CanarySighting {
  /** What it was in: `the answer of the model`, `a path`. */
  readonly where: string
}
