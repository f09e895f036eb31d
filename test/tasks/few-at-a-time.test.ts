import { expect, test } from 'vitest'
import { ok } from '#kernel/result.ts'
import { fewAtATime } from '#tasks/few-at-a-time.ts'

test('few go on at once, few wait in the order asked for, and a failure gives its place to the next', async () => {
  const inTurn = fewAtATime(2, 2, { code: 'sandbox_unavailable', message: 'full' })
  const log: string[] = []
  const ends: Record<string, () => void> = {}
  const begin = (name: string, fails = false) =>
    inTurn(async () => {
      log.push(`${name} begins`)
      await new Promise<void>((resolve) => {
        ends[name] = resolve
      })
      if (fails) throw new Error(name)
      return ok(name)
    })
  const first = begin('a', true)
  const others = ['b', 'c', 'd'].map((name) => begin(name))
  expect(await begin('e')).toMatchObject({ ok: false, failure: { message: 'full' } })
  expect(log).toEqual(['a begins', 'b begins'])
  ends.a?.()
  await expect(first).rejects.toThrow('a')
  expect(log).toEqual(['a begins', 'b begins', 'c begins'])
  for (const name of ['b', 'c', 'd']) {
    await new Promise(setImmediate)
    ends[name]?.()
  }
  expect(await Promise.all(others)).toEqual(['b', 'c', 'd'].map((name) => ok(name)))
  const again = begin('f')
  ends.f?.()
  expect(await again).toEqual(ok('f'))
})

test('nobody holds more than a quarter of the places, and whoever ends gives theirs back', async () => {
  const inTurn = fewAtATime(2, 6, { code: 'sandbox_unavailable', message: 'full' })
  const ends: (() => void)[] = []
  const begin = (whose: string) =>
    inTurn(async () => {
      await new Promise<void>((resolve) => {
        ends.push(resolve)
      })
      return ok(whose)
    }, whose)
  const greedy = [begin('mallory'), begin('mallory')]
  expect(await begin('mallory')).toMatchObject({ ok: false, failure: { message: 'full' } })
  const other = begin('ada')
  for (const end of ends.splice(0)) end()
  expect(await Promise.all(greedy)).toEqual([ok('mallory'), ok('mallory')])
  const again = begin('mallory')
  await new Promise(setImmediate)
  for (const end of ends.splice(0)) end()
  expect(await Promise.all([other, again])).toEqual([ok('ada'), ok('mallory')])
})
