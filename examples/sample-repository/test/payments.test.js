import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chargeFor } from '../src/payments/charge.js'
import { refundOf } from '../src/payments/refund.js'

test('charges the total', () => {
  assert.deepEqual(chargeFor('c1', { total: 2648 }), { customer: 'c1', amount: 2648, currency: 'EUR' })
})

test('refuses to charge nothing', () => {
  assert.throws(() => chargeFor('c1', { total: 0 }), RangeError)
})

test('refunds a share', () => {
  const charge = { customer: 'c1', amount: 2000, currency: 'EUR' }
  assert.deepEqual(refundOf(charge, 0.5), { customer: 'c1', amount: -1000, currency: 'EUR' })
})
