import { taxOn } from './tax.js'

/** Adds up the lines of an invoice: net, tax and total, in cents. */
export function totalsOf(lines) {
  const net = lines.reduce((sum, { cents, quantity }) => sum + cents * quantity, 0)
  const tax = lines.reduce((sum, { cents, quantity, rate }) => sum + taxOn(cents * quantity, rate), 0)
  return { net, tax, total: net + tax }
}
