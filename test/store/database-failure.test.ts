import { expect, test } from 'vitest'
import { AirlockError } from '#kernel/failure.ts'
import { databaseFailure, isDuplicate } from '#store/database-failure.ts'

test.each([
  ['53100', 'disk_full'],
  ['08006', 'database_unavailable'],
  ['57P01', 'database_unavailable'],
  ['53300', 'database_unavailable'],
  ['28P01', 'database_unavailable'],
  ['ECONNREFUSED', 'database_unavailable'],
  ['ENOENT', 'database_unavailable'],
])('the driver code %s is the failure %s', (code, failure) => {
  const thrown = Object.assign(new Error('said the driver'), { code })
  const translated = databaseFailure(thrown)
  expect(translated).toBeInstanceOf(AirlockError)
  expect(translated).toMatchObject({ failure: { code: failure }, cause: thrown })
})

test.each([
  'Connection terminated unexpectedly',
  'timeout exceeded when trying to connect',
  'timeout expired',
])('"%s" is called unavailable, though it has no code', (message) => {
  expect(databaseFailure(new Error(message))).toMatchObject({ failure: { code: 'database_unavailable' } })
})

test('everything else stays what it was: a bug is not dressed up as a failure', () => {
  const failure = new AirlockError({ code: 'conflict', message: 'no' })
  for (const thrown of [
    failure,
    new TypeError('bug'),
    Object.assign(new Error('x'), { code: '23505' }),
    'text',
    undefined,
  ])
    expect(databaseFailure(thrown)).toBe(thrown)
})

test('a duplicate key is told from other errors', () => {
  expect(isDuplicate(Object.assign(new Error('x'), { code: '23505' }))).toBe(true)
  expect(isDuplicate(Object.assign(new Error('x'), { code: '23503' }))).toBe(false)
  expect(isDuplicate({ code: '23505' })).toBe(false)
})
