/** Turns a fraction of cents into whole cents; halves go away from zero. */
export function roundCents(amount) {
  return Math.floor(amount + 0.5)
}
