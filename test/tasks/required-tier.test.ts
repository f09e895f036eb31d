import { expect, test } from 'vitest'
import { SandboxTier } from '#contract/sandbox-tier.ts'
import { preparedBase } from '#tasks/prepared.ts'
import { tierFailure } from '#tasks/required-tier.ts'
import type { StepContext } from '#tasks/step.ts'

test('what is required, or stronger, is enough; nothing weaker is', () => {
  const enough = SandboxTier.options.map((required) =>
    SandboxTier.options.filter((active) => tierFailure(required, active) === undefined),
  )
  expect(enough).toEqual([['bubblewrap', 'container', 'gvisor'], ['container', 'gvisor'], ['gvisor']])
})

test('a step that goes on after a restart with a weaker sandbox is refused before it touches anything', async () => {
  const context = {
    workshop: { driver: { name: 'bubblewrap', tier: 'bubblewrap' } },
    task: { projectFile: { sandbox: { require: 'container' } } },
  } as unknown as StepContext
  expect(await preparedBase(context)).toMatchObject({
    ok: false,
    failure: { code: 'sandbox_unavailable', rule: 'sandbox.require' },
  })
})

test('without a requirement any driver will do; with one, a driver without a tier will not', () => {
  expect(tierFailure(undefined, undefined)).toBeUndefined()
  expect(tierFailure('bubblewrap', undefined)).toMatchObject({
    code: 'sandbox_unavailable',
    rule: 'sandbox.require',
    remedy: expect.stringContaining('AIRLOCK_SANDBOX=bubblewrap'),
  })
})
