import { randomBytes } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seal } from '#secrets/envelope.ts'
import type { KeyWrap } from '#secrets/key-wrap.ts'
import { severalKeyWraps } from '#secrets/several-key-wraps.ts'
import { transitKeys } from '#secrets/transit/transit-keys.ts'
import { createVault } from '#secrets/vault.ts'
import { failureFrom } from '#test/port-suites/key-wrap.ts'
import { testOrganisation } from '#test/support/database.ts'
import { asAdmin } from '#test/support/postgres-server.ts'
import { startTransitServer } from '#test/support/transit-server.ts'
import { type VaultHouse, vaultHouse } from '#test/support/vault-house.ts'

let house: VaultHouse
beforeAll(async () => {
  house = await vaultHouse()
  const other = await testOrganisation(house.store)
  for (let count = 0; count < 4; count += 1) await house.set(`secret-${count}`, `content ${count}`)
  const theirs = {
    ...house.address('theirs', { project: other.project.id }),
    content: 'their content',
    by: null,
  }
  await house.vault.keep(other.organisation, theirs, async () => undefined)
})
afterAll(() => house.close())

const rows = async () => {
  const { rows } = await asAdmin(
    house.host,
    'select sealed, wrapped_by as key from airlock.secret_versions order by secret, version',
    house.database,
  )
  return rows as { sealed: Buffer; key: string }[]
}

const keysInFile = async () =>
  JSON.parse(await readFile(house.keyFile, 'utf8')).keys.map(({ id }: { id: string }) => `local:${id}`)

const openAll = async (vault = house.vault) =>
  (await vault.openAll(house.home.organisation, house.home.project.id)).map(({ content }) =>
    Buffer.from(content).toString('utf8'),
  )

const CONTENTS = [0, 1, 2, 3].map((count) => `content ${count}`)

test('everything of every organisation comes under a new key, no content is touched, and the old key is gone', async () => {
  const before = await rows()
  const rotated = await house.vault.rotateKeys()
  expect(rotated).toEqual({ ok: true, value: { key: expect.stringMatching(/^local:/), rewrapped: 5 } })
  const after = await rows()
  expect(after.map(({ sealed }) => sealed)).toEqual(before.map(({ sealed }) => sealed))
  expect([...new Set(after.map(({ key }) => key))]).toEqual(rotated.ok ? [rotated.value.key] : [])
  expect(before.map(({ key }) => key)).not.toContain(after[0]?.key)
  expect(await keysInFile()).toEqual([after[0]?.key])
  expect(await openAll()).toEqual(CONTENTS)
})

test('one that stops half-way keeps the old key, and the next one goes on without making a further one', async () => {
  let left = 2
  const tiring: KeyWrap = {
    ...house.keys,
    unwrap: (wrapped, label) => {
      left -= 1
      return left < 0 ? Promise.reject(new Error('the machine is tired')) : house.keys.unwrap(wrapped, label)
    },
  }
  const stopped = await house.over(tiring).rotateKeys()
  expect(stopped).toMatchObject({ failure: { code: 'vault_unavailable', rule: 'vault.not-rotated' } })
  expect(await keysInFile()).toHaveLength(2)
  expect(await openAll()).toEqual(CONTENTS)
  const twoKeys = await keysInFile()
  expect(await house.vault.rotateKeys()).toEqual({ ok: true, value: { key: twoKeys[1], rewrapped: 3 } })
  expect(await keysInFile()).toEqual([twoKeys[1]])
  expect(await openAll()).toEqual(CONTENTS)
})

test('a keeper of keys that gives back something else than a key destroys none', async () => {
  const [before, inFile] = [await rows(), await keysInFile()]
  const wrong: KeyWrap = { ...house.keys, unwrap: async () => new Uint8Array(31) }
  const failed = await house.over(wrong).rotateKeys()
  expect(failed).toMatchObject({ ok: false, failure: { rule: 'vault.not-rotated' } })
  expect(await rows()).toEqual(before)
  expect((await keysInFile()).slice(0, -1)).toEqual(inFile)
  expect(await openAll()).toEqual(CONTENTS)
})

test('what is stored and read while keys rotate is neither lost nor refused', async () => {
  const busy = Array.from({ length: 6 }, (_, count) => [
    house.set('busy', `busy content ${count}`),
    house.vault.rotateKeys(),
    openAll(),
  ]).flat()
  await Promise.all(busy)
  expect(await openAll()).toEqual([5, 4, 3, 2, 1].map((count) => `busy content ${count}`).concat(CONTENTS))
  expect(new Set((await rows()).map(({ key }) => key)).size).toBeLessThanOrEqual(2)
})

test('secrets move to another keeper of keys, follow its rotation, and a local key that is lost is missed no more', async () => {
  const server = await startTransitServer(['airlock'])
  const transit = transitKeys(
    { address: server.url, mount: 'transit', token: { value: server.token } },
    'airlock',
  )
  const moved = house.over(severalKeyWraps(transit, [house.keys]))
  expect(await openAll(moved)).toHaveLength(9)
  expect(await moved.rotateKeys()).toEqual({ ok: true, value: { key: 'transit:airlock:v1', rewrapped: 10 } })
  expect(await moved.rotateKeys()).toEqual({ ok: true, value: { key: 'transit:airlock:v1', rewrapped: 0 } })
  server.rotate('airlock')
  expect(await moved.rotateKeys()).toEqual({ ok: true, value: { key: 'transit:airlock:v2', rewrapped: 10 } })
  const file = await readFile(house.keyFile, 'utf8')
  await rm(house.keyFile)
  expect(await openAll(moved)).toHaveLength(9)

  const back = house.over(severalKeyWraps(house.keys, [transit]))
  expect(await back.rotateKeys()).toMatchObject({ ok: true, value: { rewrapped: 10 } })
  await rm(house.keyFile)
  const lost = await failureFrom(openAll())
  expect(lost).toMatchObject({
    code: 'vault_unavailable',
    rule: 'vault.key-lost',
    message: expect.stringMatching(
      /^A secret is encrypted under the key local:[0-9a-f]{16}, which .* does not hold\.$/,
    ),
    remedy: expect.stringContaining('from a backup'),
  })
  expect(file).not.toContain((await rows())[0]?.key.slice('local:'.length))
  // A server goes on without: what is stored from now on has a key again.
  await house.set('after', 'content of after')
  expect(await house.vault.rotateKeys()).toMatchObject({ failure: { rule: 'vault.not-rotated' } })
  await server.close()
})

test('keys of data are cleared when they were used', async () => {
  const drawn: Uint8Array[] = []
  const random = (size: number) => {
    const bytes = randomBytes(size)
    drawn.push(bytes)
    return bytes
  }
  const content = Buffer.from('something')
  await seal(content, { name: 'x' }, house.keys, random)
  expect(drawn.map((bytes) => [bytes.length, bytes.every((byte) => byte === 0)])).toEqual([
    [32, true],
    [12, false],
  ])
  const unwrapped: Uint8Array[] = []
  const watched: KeyWrap = {
    ...house.keys,
    unwrap: async (wrapped, label) => {
      const dataKey = await house.keys.unwrap(wrapped, label)
      unwrapped.push(dataKey)
      return dataKey
    },
  }
  const vault = createVault({ store: house.store, keys: watched, random: randomBytes, clock: Date.now })
  const wanted = { ...house.address('after'), names: ['after'] }
  expect(await vault.open(house.home.organisation, wanted)).toHaveLength(1)
  expect(unwrapped.map((bytes) => bytes.every((byte) => byte === 0))).toEqual([true])
})
