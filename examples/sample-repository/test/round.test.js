import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roundCents } from '../src/billing/round.js'

test('rounds to the nearest cent', () => {
  assert.equal(roundCents(10.4), 10)
  assert.equal(roundCents(10.6), 11)
  assert.equal(roundCents(-10.4), -10)
})

test('rounds halves away from zero, for refunds too', () => {
  assert.equal(roundCents(2.5), 3)
  assert.equal(roundCents(-2.5), -3)
})
