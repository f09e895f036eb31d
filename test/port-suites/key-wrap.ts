import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '#kernel/failure.ts'
import type { KeyWrap, Label } from '#secrets/key-wrap.ts'

export interface KeyWrapWorld {
  readonly keys: KeyWrap
  /** Makes the next wrap one under a newer key, as whoever keeps the keys would. */
  renew(): Promise<void>
  /** Takes the keys away, for good or for now. */
  lose(): Promise<void>
  /** What no failure may ever say. */
  readonly secrets: readonly string[]
  close(): Promise<void>
}

const LABEL: Label = { organisation: 'org_1', project: 'prj_1', context: 'task', name: 'npmrc', version: '1' }

/** What every implementation of `KeyWrap` has to do. */
export function keyWrapSuite(name: string, open: () => Promise<KeyWrapWorld>): void {
  describe(name, () => {
    let world: KeyWrapWorld
    beforeAll(async () => {
      world = await open()
    })
    afterAll(() => world.close())

    test('unwraps what it wrapped, as often as it is asked, into bytes that the caller may clear', async () => {
      const dataKey = randomBytes(32)
      const wrapped = await world.keys.wrap(dataKey, LABEL)
      expect(wrapped.key.startsWith(`${world.keys.kind}:`)).toBe(true)
      expect(Buffer.from(wrapped.wrapped).includes(dataKey)).toBe(false)
      for (let times = 0; times < 2; times += 1) {
        const unwrapped = await world.keys.unwrap(wrapped, { ...LABEL })
        expect(Buffer.from(unwrapped)).toEqual(dataKey)
        unwrapped.fill(0)
      }
      const reordered = Object.fromEntries(Object.entries(LABEL).reverse())
      expect(Buffer.from(await world.keys.unwrap(wrapped, reordered))).toEqual(dataKey)
    })

    test('the same key wraps to something else each time', async () => {
      const dataKey = randomBytes(32)
      const [one, other] = await Promise.all([
        world.keys.wrap(dataKey, LABEL),
        world.keys.wrap(dataKey, LABEL),
      ])
      expect(Buffer.from(one.wrapped).equals(Buffer.from(other.wrapped))).toBe(false)
    })

    test('unwraps nothing for another label, and nothing that was changed', async () => {
      const wrapped = await world.keys.wrap(randomBytes(32), LABEL)
      const { name: _, ...less } = LABEL
      const others: Label[] = [
        { ...LABEL, organisation: 'org_2' },
        { ...LABEL, version: '2' },
        { ...LABEL, environment: 'env_1' },
        { ...LABEL, name: 'npmrc"},{"' },
        less,
      ]
      for (const label of others) expect(await ruleOf(world.keys.unwrap(wrapped, label))).toBe(SPOILT)
      const changed = Uint8Array.from(wrapped.wrapped)
      changed[changed.length - 10] = (changed.at(-10) ?? 0) ^ 1
      const broken = [changed, wrapped.wrapped.subarray(0, -4), Uint8Array.of(1, 2, 3)]
      for (const bytes of broken)
        expect(await ruleOf(world.keys.unwrap({ ...wrapped, wrapped: bytes }, LABEL))).toMatch(/^vault\./)
    })

    test('a newer key wraps from then on, and what older ones wrapped still unwraps', async () => {
      const dataKey = randomBytes(32)
      const old = await world.keys.wrap(dataKey, LABEL)
      await world.renew()
      const now = await world.keys.wrap(dataKey, LABEL)
      expect(now.key).not.toBe(old.key)
      for (const wrapped of [old, now])
        expect(Buffer.from(await world.keys.unwrap(wrapped, LABEL))).toEqual(dataKey)
    })

    test('a key that is lost is named, and nothing secret is', async () => {
      const dataKey = randomBytes(32)
      const wrapped = await world.keys.wrap(dataKey, LABEL)
      await world.lose()
      const failure = await failureFrom(world.keys.unwrap(wrapped, LABEL))
      expect(failure).toMatchObject({ code: 'vault_unavailable', rule: 'vault.key-lost' })
      expect(failure.message).toContain(wrapped.key)
      const told = JSON.stringify(failure)
      for (const secret of [...world.secrets, dataKey.toString('base64'), dataKey.toString('hex')])
        expect(told).not.toContain(secret)
    })
  })
}

const SPOILT = 'vault.not-as-sealed'

export async function failureFrom(work: Promise<unknown>) {
  return work.then(
    () => {
      throw new Error('this should have failed')
    },
    (thrown: unknown) => failureOf(thrown),
  )
}

async function ruleOf(work: Promise<unknown>): Promise<string> {
  return (await failureFrom(work)).rule ?? ''
}
