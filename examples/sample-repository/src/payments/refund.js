import { roundCents } from '../billing/round.js'

/** Describes the refund of a share of a charge, such as 0.5. */
export function refundOf(charge, share) {
  var amount = roundCents(-charge.amount * share)
  return { customer: charge.customer, amount, currency: charge.currency }
}
