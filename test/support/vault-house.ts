import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyWrap } from '#secrets/key-wrap.ts'
import { localKeys } from '#secrets/local-key/local-keys.ts'
import { createVault, type Vault } from '#secrets/vault.ts'
import type { KeptSecret, SecretAddress } from '#store/secrets.ts'
import { type TestOrganisation, type TestStore, testOrganisation, testStore } from './database.ts'

export interface VaultHouse extends TestStore {
  readonly directory: string
  readonly keyFile: string
  readonly keys: KeyWrap
  readonly vault: Vault
  readonly home: TestOrganisation
  /** Another vault over the same tables. */
  over(keys: KeyWrap): Vault
  /** Of a secret for tasks of the first project, unless it is said otherwise. */
  address(name: string, other?: Partial<SecretAddress>): SecretAddress
  set(name: string, content: string, other?: Partial<SecretAddress>): Promise<KeptSecret>
}

/** A vault over a real database, with its keys in a file. */
export async function vaultHouse(): Promise<VaultHouse> {
  const opened = await testStore()
  const directory = await mkdtemp(join(tmpdir(), 'airlock-vault-'))
  const keyFile = join(directory, 'secret-keys.json')
  const home = await testOrganisation(opened.store)
  const clock = () => Date.parse('2026-01-31T08:00:00.000Z')
  const over = (keys: KeyWrap) => createVault({ store: opened.store, keys, random: randomBytes, clock })
  const keys = localKeys(keyFile, randomBytes)
  const vault = over(keys)
  const address: VaultHouse['address'] = (name, other = {}) => ({
    ...{ project: home.project.id, environment: null, context: 'task', name },
    ...other,
  })
  return {
    ...opened,
    directory,
    keyFile,
    keys,
    vault,
    home,
    over,
    address,
    async set(name, content, other) {
      const secret = { ...address(name, other), content, by: home.person }
      const kept = await vault.keep(home.organisation, secret, async () => undefined)
      if (!kept.ok) throw new Error(kept.failure.message)
      return kept.value
    },
    close: async () => {
      await opened.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
