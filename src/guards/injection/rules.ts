import type { SignalExamples } from './signal.ts'
import { ENCODED } from './signals/encoded.ts'
import { HIDDEN_CHARACTERS } from './signals/hidden-characters.ts'
import { HIDDEN_MARKUP } from './signals/hidden-markup.ts'
import { ORDERS } from './signals/orders.ts'
import { LINKS_AND_TURNS, MARKS } from './signals/spoofing.ts'

/** Every rule of the injection guard, with its examples. */
export const INJECTION_RULES: readonly SignalExamples[] = [
  ...ORDERS,
  ...MARKS,
  ...LINKS_AND_TURNS,
  ...HIDDEN_CHARACTERS,
  ...HIDDEN_MARKUP,
  ...ENCODED,
]
