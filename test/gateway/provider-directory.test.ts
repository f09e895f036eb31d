import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ModelPolicy } from '#contract/model-policy.ts'
import type { Provider } from '#gateway/gateway.ts'
import { ProviderDirectory } from '#gateway/provider-directory.ts'

let directory = ''
let file = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'airlock-providers-'))
  file = join(directory, 'keys/providers.json')
})
afterEach(() => rmSync(directory, { recursive: true }))

const at = '2026-01-01T00:00:00.000Z'
const local: Provider = {
  name: 'local',
  protocol: 'openai-chat',
  baseUrl: 'http://127.0.0.1:11434',
  key: 'k-1',
  models: ['small', 'large'],
}
const anthropic: Provider = {
  name: 'anthropic',
  protocol: 'anthropic',
  baseUrl: 'https://api.example.com',
  key: 'from-environment',
  models: [],
}

test('a provider added by hand is kept in a private file and found again', async () => {
  await new ProviderDirectory(file, []).add(local, at)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await new ProviderDirectory(file, [anthropic]).list()).toEqual([
    { ...local, source: 'stored', createdAt: at },
    { ...anthropic, source: 'environment' },
  ])
})

test('one added by hand wins over the environment, and removing it brings the other back', async () => {
  const providers = new ProviderDirectory(file, [anthropic])
  await providers.add({ ...anthropic, key: 'by-hand' }, at)
  expect((await providers.list()).map(({ key }) => key)).toEqual(['by-hand'])
  expect(await providers.remove('anthropic')).toEqual({ ok: true, value: undefined })
  expect((await providers.list()).map(({ key }) => key)).toEqual(['from-environment'])
  expect(await providers.remove('anthropic')).toMatchObject({ failure: { code: 'not_found' } })
})

test('a model is chosen by provider and name, within what the provider allows', async () => {
  const providers = new ProviderDirectory(file, [local, anthropic])
  const chosen = async (text?: string) => {
    const result = await providers.choose(text)
    return result.ok ? `${result.value.provider.name}/${result.value.model}` : result.failure.code
  }
  expect(await chosen()).toBe('local/small')
  expect(await chosen('local/large')).toBe('local/large')
  expect(await chosen('local/other')).toBe('model_not_allowed')
  expect(await chosen('anthropic')).toBe('anthropic/claude-opus-4-8')
  expect(await chosen('anthropic/any/thing')).toBe('anthropic/any/thing')
  expect(await chosen('nobody/x')).toBe('unknown_provider')
})

test('with no provider at all the refusal says how to get one', async () => {
  expect(await new ProviderDirectory(file, []).choose(undefined)).toEqual({
    ok: false,
    failure: {
      code: 'unknown_provider',
      message: 'No model provider is configured.',
      remedy:
        'Run `airlock provider add`, or set ANTHROPIC_API_KEY or OPENAI_API_KEY and restart the server.',
    },
  })
})

test('providers that are added and removed at once are all kept, and all gone', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `local-${index}`)
  const providers = new ProviderDirectory(file, [])
  await Promise.all(names.map((name) => new ProviderDirectory(file, []).add({ ...local, name }, at)))
  expect((await providers.list()).map(({ name }) => name).sort()).toEqual(names.sort())
  await Promise.all(names.slice(1).map((name) => providers.remove(name)))
  expect((await providers.list()).map(({ name }) => name)).toEqual(names.slice(0, 1))
})

test('a file of keys that others can read is refused', async () => {
  await new ProviderDirectory(file, []).add(local, at)
  chmodSync(file, 0o644)
  await expect(new ProviderDirectory(file, []).list()).rejects.toMatchObject({
    failure: { code: 'invalid_configuration', rule: 'secrets.private-file' },
  })
  expect(readFileSync(file, 'utf8')).toContain('k-1')
})

const claude = (name: string, models: readonly string[] = []): Provider => ({ ...anthropic, name, models })

test('who stands by follows the order, the protocol, and what provider and project allow', async () => {
  const providers = new ProviderDirectory(file, [
    anthropic,
    claude('second'),
    claude('small', ['haiku']),
    local,
  ])
  const chosen = async (text?: string, policy?: ModelPolicy) => {
    const result = await providers.choose(text, { policy })
    if (!result.ok) return result.failure.rule ?? result.failure.code
    return [result.value, ...result.value.standby].map(({ provider, model }) => `${provider.name}/${model}`)
  }
  expect(await chosen('anthropic/opus')).toEqual(['anthropic/opus'])
  expect(
    await providers.setOrder(['local/large', 'anthropic', 'local', 'second', 'small/haiku']),
  ).toMatchObject({ ok: true })
  expect(await chosen('anthropic/opus')).toEqual(['anthropic/opus', 'second/opus', 'small/haiku'])
  expect(await chosen('second/opus')).toEqual(['second/opus', 'small/haiku'])
  expect(await chosen('small/haiku')).toEqual(['small/haiku'])
  expect(await chosen('local/small')).toEqual(['local/small'])
  expect(await chosen()).toEqual(['local/large', 'local/large'])

  const policy = { allowed: ['anthropic/opus', 'small/*'] }
  expect(await chosen('anthropic/opus', policy)).toEqual(['anthropic/opus', 'small/haiku'])
  expect(await chosen('anthropic/sonnet', policy)).toBe('model.project')
  expect(await chosen('second/opus', policy)).toBe('model.project')
  expect(await chosen(undefined, policy)).toEqual(['anthropic/opus', 'small/haiku'])
  expect(await chosen('anthropic/opus', { allowed: [], order: ['anthropic', 'second'] })).toEqual([
    'anthropic/opus',
    'second/opus',
  ])
  expect(await chosen('anthropic/opus', { allowed: [], order: [] })).toEqual(['anthropic/opus'])
})

test('an order is kept beside the providers, and names only those there are', async () => {
  const providers = new ProviderDirectory(file, [anthropic])
  await providers.add(local, at)
  expect(await providers.setOrder(['anthropic', 'nobody/x'])).toMatchObject({
    failure: { code: 'unknown_provider' },
  })
  expect(await providers.setOrder(['anthropic'])).toMatchObject({ ok: true })
  await providers.remove('local')
  expect(await new ProviderDirectory(file, [anthropic]).order()).toEqual(['anthropic'])
  expect(statSync(file).mode & 0o777).toBe(0o600)
})
