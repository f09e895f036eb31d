import { failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { keysInUse, rewrapVersion, versionsNotUnder, type WrappedRow } from '#store/secrets.ts'
import { rewrap } from './envelope.ts'
import { labelOf } from './secret-label.ts'
import type { VaultParts } from './vault-parts.ts'

export interface Rotation {
  /** The key that everything is under now. */
  readonly key: string
  /** How many versions were under another one. */
  readonly rewrapped: number
}

/**
 * Makes a newer key where that is ours to do, and wraps every data key under the newest; no content is decrypted. Each version that is
 * done is done: what a crash or a refusal leaves is found by the next rotation, which then makes no further key. Old keys are
 * forgotten once nothing is under them.
 */
export async function rotateKeys(parts: VaultParts): Promise<Result<Rotation>> {
  const { keys } = parts
  let key = await newestKey(parts)
  if ((await used(parts)).every((other) => other === key)) {
    await keys.renew?.()
    key = await newestKey(parts)
  }
  let rewrapped = 0
  const failures: string[] = []
  for (const organisation of await parts.store.organisations())
    for (const row of await parts.store.inOrganisation(organisation, (tx) => versionsNotUnder(tx, key)))
      try {
        await rewrapRow(parts, organisation, row)
        rewrapped += 1
      } catch (thrown) {
        failures.push(`${row.name} ${row.version}: ${failureOf(thrown).message}`)
      }
  if (failures.length > 0) return refused(notAll(rewrapped, failures))
  await keys.retire?.(new Set(await used(parts)))
  return ok({ key, rewrapped })
}

async function rewrapRow({ store, keys }: VaultParts, organisation: string, row: WrappedRow): Promise<void> {
  const label = labelOf(organisation, row, row.secret, row.version)
  const { key, wrapped } = await rewrap({ key: row.wrappedBy, wrapped: row.wrappedKey }, label, keys)
  await store.inOrganisation(organisation, (tx) =>
    rewrapVersion(tx, row, { wrappedKey: wrapped, wrappedBy: key }),
  )
}

/** The name of a key is only told with something that it wrapped. */
async function newestKey({ keys, random }: VaultParts): Promise<string> {
  return (await keys.wrap(random(32), { purpose: 'to learn the name of the newest key' })).key
}

async function used({ store }: VaultParts): Promise<readonly string[]> {
  const all = new Set<string>()
  for (const organisation of await store.organisations())
    for (const key of await store.inOrganisation(organisation, keysInUse)) all.add(key)
  return [...all]
}

function notAll(rewrapped: number, failures: readonly string[]) {
  return {
    code: 'vault_unavailable' as const,
    rule: 'vault.not-rotated',
    message: `${failures.length} versions of secrets are not under the newest key; ${rewrapped} are now. Old keys are kept.`,
    remedy: 'Mend what is said of each, or remove them, then rotate again: it goes on where it stopped.',
    details: { failures: failures.slice(0, 20) },
  }
}
