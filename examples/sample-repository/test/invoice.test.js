import assert from 'node:assert/strict'
import { test } from 'node:test'
import { totalsOf } from '../src/billing/invoice.js'

test('adds up net, tax and total', () => {
  const lines = [
    { cents: 1000, quantity: 2, rate: 0.19 },
    { cents: 250, quantity: 1, rate: 0.07 },
  ]
  assert.deepEqual(totalsOf(lines), { net: 2250, tax: 398, total: 2648 })
})

test('an invoice without lines is nothing', () => {
  assert.deepEqual(totalsOf([]), { net: 0, tax: 0, total: 0 })
})
