/** Describes a charge for a payment provider. */
export function chargeFor(customer, totals) {
  if (totals.total == 0) throw new RangeError('nothing to charge')
  return { customer, amount: totals.total, currency: 'EUR' }
}
