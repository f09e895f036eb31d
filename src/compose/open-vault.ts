import { randomBytes } from 'node:crypto'
import type { Clock } from '#kernel/instant.ts'
import { adoptSecretFile } from '#secrets/adopt-file.ts'
import { awsKmsKeys } from '#secrets/aws-kms/aws-kms-keys.ts'
import type { KeyWrap } from '#secrets/key-wrap.ts'
import { localKeys } from '#secrets/local-key/local-keys.ts'
import { severalKeyWraps } from '#secrets/several-key-wraps.ts'
import { transitKeys } from '#secrets/transit/transit-keys.ts'
import { createVault, type Vault } from '#secrets/vault.ts'
import type { Store } from '#store/database.ts'
import type { Installation } from './installation.ts'
import type { KeyServices } from './key-services.ts'

/** The vault over the key-encryption keys that the configuration names, with whatever older versions kept in a file. */
export async function openVault(
  store: Store,
  clock: Clock,
  services: KeyServices,
  { secretKeysFile, secretsFile }: Pick<Installation, 'secretKeysFile' | 'secretsFile'>,
): Promise<Vault> {
  const random = (size: number) => randomBytes(size)
  const kinds: readonly (KeyWrap | undefined)[] = [
    localKeys(secretKeysFile, random),
    services.transit && transitKeys(services.transit, services.transit.key),
    services.awsKms && awsKmsKeys(services.awsKms),
  ]
  const known = kinds.filter((keys) => keys !== undefined)
  const newest = known.find(({ kind }) => kind === services.newest)
  if (newest === undefined) throw new Error('the configuration names keys that it does not describe')
  const keys = severalKeyWraps(
    newest,
    known.filter((other) => other !== newest),
  )
  const vault = createVault({ store, keys, random, clock })
  await adoptSecretFile(secretsFile, vault, { store, clock })
  return vault
}
