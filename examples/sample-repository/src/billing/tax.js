import { roundCents } from './round.js'

/** The tax on an amount of cents at a rate such as 0.19. */
export function taxOn(cents, rate) {
  return roundCents(cents * rate)
}
