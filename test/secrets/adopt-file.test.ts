import { existsSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { adoptSecretFile } from '#secrets/adopt-file.ts'
import type { Vault } from '#secrets/vault.ts'
import { secretsOfProject } from '#store/secrets.ts'
import { failureFrom } from '#test/port-suites/key-wrap.ts'
import { testOrganisation } from '#test/support/database.ts'
import { type VaultHouse, vaultHouse } from '#test/support/vault-house.ts'

let house: VaultHouse
let file: string
beforeEach(async () => {
  house = await vaultHouse()
  file = join(house.directory, 'secrets.json')
})
afterEach(() => house.close())

const CREATED = '2026-01-01T00:00:00.000Z'
const put = (secrets: readonly { project: string; name: string; content: string }[]) =>
  writeFile(
    file,
    JSON.stringify({ version: 1, secrets: secrets.map((secret) => ({ ...secret, createdAt: CREATED })) }),
    { mode: 0o600 },
  )
const adopt = (vault: Vault = house.vault) =>
  adoptSecretFile(file, vault, { store: house.store, clock: Date.now })
const told = async (organisation: string, project: string) =>
  (await house.vault.openAll(organisation, project)).map(({ name, version, content }) => [
    name,
    version,
    Buffer.from(content).toString('utf8'),
  ])

test('each secret of the old file moves to its organisation, once, and the file is gone', async () => {
  const other = await testOrganisation(house.store)
  const { organisation, project } = house.home
  await house.set('newer', 'stored since')
  await put([
    { project: project.id, name: 'npmrc', content: 'token of npm' },
    { project: project.id, name: 'newer', content: 'the one before' },
    { project: other.project.id, name: 'npmrc', content: 'token of others' },
    { project: 'prj_00000000000000000000', name: 'npmrc', content: 'of nobody any more' },
  ])
  await adopt()
  expect(existsSync(file)).toBe(false)
  expect(await told(organisation, project.id)).toEqual([
    ['newer', 1, 'stored since'],
    ['npmrc', 1, 'token of npm'],
  ])
  expect(await told(other.organisation, other.project.id)).toEqual([['npmrc', 1, 'token of others']])
  const kept = await house.store.inOrganisation(organisation, (tx) => secretsOfProject(tx, project.id))
  expect(kept.map(({ name, versions }) => [name, versions[0]?.createdBy?.name])).toEqual([
    ['newer', 'Ada'],
    ['npmrc', undefined],
  ])
  await adopt()
  expect(await told(organisation, project.id)).toHaveLength(2)
})

test('a server that died half-way goes on with the rest, and the file stays until all of it is there', async () => {
  const { organisation, project } = house.home
  await put(['a', 'b', 'c'].map((name) => ({ project: project.id, name, content: `content of ${name}` })))
  let left = 2
  const dying: Vault = {
    ...house.vault,
    keep: (...given) => {
      left -= 1
      return left < 0 ? Promise.reject(new Error('killed')) : house.vault.keep(...given)
    },
  }
  await expect(adopt(dying)).rejects.toThrow('killed')
  expect([existsSync(file), (await told(organisation, project.id)).length]).toEqual([true, 2])
  await adopt()
  expect([existsSync(file), await told(organisation, project.id)]).toEqual([
    false,
    ['a', 'b', 'c'].map((name) => [name, 1, `content of ${name}`]),
  ])
})

test('a file that others can read, or that is something else, is left alone and named', async () => {
  await put([])
  await chmod(file, 0o644)
  expect(await failureFrom(adopt())).toMatchObject({ rule: 'secrets.private-file' })
  await chmod(file, 0o600)
  for (const text of ['', '{}', '[1]', '{"version":2,"secrets":[]}']) {
    await writeFile(file, text)
    expect(await failureFrom(adopt())).toMatchObject({ rule: 'vault.old-file' })
  }
  expect(existsSync(file)).toBe(true)
})
