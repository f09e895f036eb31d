import { expect, test } from 'vitest'
import { SandboxTier } from '#contract/sandbox-tier.ts'
import { tierFailure } from '#tasks/required-tier.ts'

test('what is required, or stronger, is enough; nothing weaker is', () => {
  const enough = SandboxTier.options.map((required) =>
    SandboxTier.options.filter((active) => tierFailure(required, active) === undefined),
  )
  expect(enough).toEqual([['bubblewrap', 'container', 'gvisor'], ['container', 'gvisor'], ['gvisor']])
})

test('without a requirement any driver will do; with one, a driver without a tier will not', () => {
  expect(tierFailure(undefined, undefined)).toBeUndefined()
  expect(tierFailure('bubblewrap', undefined)).toMatchObject({
    code: 'sandbox_unavailable',
    rule: 'sandbox.require',
    remedy: expect.stringContaining('AIRLOCK_SANDBOX=bubblewrap'),
  })
})
