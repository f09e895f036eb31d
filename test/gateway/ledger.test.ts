import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOTHING_SPENT, type Spend } from '#contract/budget.ts'
import { createLedger } from '#gateway/ledger.ts'
import { sumOfSpends } from '#gateway/usage.ts'

const never = new AbortController().signal
const spend = (microDollars: number, requests = 1): Spend => ({ ...NOTHING_SPENT, microDollars, requests })
const budget = { microDollars: 100, tokens: 1_000, requests: 1_000 }

test('parallel calls never pass the budget by more than one reservation', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ estimate: fc.nat(60), share: fc.integer({ min: 0, max: 100 }) }), {
        maxLength: 30,
      }),
      fc.integer({ min: 1, max: 200 }),
      async (calls, microDollars) => {
        const ledger = createLedger({ ...budget, microDollars }, NOTHING_SPENT)
        let largest = 0
        await Promise.all(
          calls.map(async ({ estimate, share }) => {
            const held = await ledger.reserve(spend(estimate), never)
            if (!held || 'dimension' in held) return
            largest = Math.max(largest, estimate)
            await Promise.resolve()
            held.settle(spend(Math.floor((estimate * share) / 100)))
          }),
        )
        expect(ledger.spent().microDollars).toBeLessThan(microDollars + Math.max(1, largest))
      },
    ),
  )
})

test('a call that fits only if another turns out cheaper waits for it', async () => {
  const ledger = createLedger(budget, NOTHING_SPENT)
  const first = await ledger.reserve(spend(100), never)
  let admitted = false
  const second = ledger.reserve(spend(50), never).then((held) => {
    admitted = true
    return held
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(admitted).toBe(false)
  if (!first || 'dimension' in first) throw new Error('the first call was refused')
  first.settle(spend(10))
  expect(await second).toHaveProperty('settle')
})

test('a limit that is reached is named, in the order requests, tokens, money', async () => {
  const used = (part: Partial<Spend>) => createLedger(budget, { ...NOTHING_SPENT, ...part })
  const wanted: Spend = { ...spend(1), inputTokens: 1 }
  expect(await used({ microDollars: 100 }).reserve(wanted, never)).toEqual({
    dimension: 'money',
    used: 100,
    limit: 100,
  })
  expect(await used({ inputTokens: 900, outputTokens: 100 }).reserve(wanted, never)).toEqual({
    dimension: 'tokens',
    used: 1_000,
    limit: 1_000,
  })
  expect(await used({ requests: 1_000, microDollars: 100 }).reserve(wanted, never)).toEqual({
    dimension: 'requests',
    used: 1_000,
    limit: 1_000,
  })
})

test('a call that costs no money needs none', async () => {
  const ledger = createLedger({ ...budget, microDollars: 0 }, NOTHING_SPENT)
  expect(await ledger.reserve(spend(0), never)).toHaveProperty('settle')
  expect(await ledger.reserve(spend(1), never)).toEqual({ dimension: 'money', used: 0, limit: 0 })
})

test('only the first settlement counts, and a wait that is given up holds nothing', async () => {
  const ledger = createLedger(budget, NOTHING_SPENT)
  const first = await ledger.reserve(spend(100), never)
  const given = new AbortController()
  const second = ledger.reserve(spend(100), given.signal)
  given.abort()
  expect(await second).toBeUndefined()
  if (!first || 'dimension' in first) throw new Error('the first call was refused')
  expect(first.settle(spend(7))).toEqual(spend(7))
  expect(first.settle(spend(90))).toEqual(spend(7))
  expect(await ledger.reserve(spend(93), never)).toHaveProperty('settle')
})

test('sums of spends are the sums of their parts', () => {
  const one: Spend = { microDollars: 1, inputTokens: 2, cachedInputTokens: 3, outputTokens: 4, requests: 5 }
  expect(sumOfSpends(one, one)).toEqual({
    microDollars: 2,
    inputTokens: 4,
    cachedInputTokens: 6,
    outputTokens: 8,
    requests: 10,
  })
})
