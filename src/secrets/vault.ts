import { KEPT_VERSIONS, type SecretContext } from '#contract/secret.ts'
import type { Person } from '#contract/task.ts'
import { utf8 } from '#kernel/bytes.ts'
import { failureOf } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Tx } from '#store/schema.ts'
import {
  destroyVersions,
  insertSecretVersion,
  type KeptSecret,
  type SecretAddress,
  type SecretVersionRow,
  secretAt,
  secretsOfProject,
} from '#store/secrets.ts'
import { open, seal } from './envelope.ts'
import { type Rotation, rotateKeys } from './rotate-keys.ts'
import { labelOf } from './secret-label.ts'
import type { VaultParts } from './vault-parts.ts'

export interface SecretToKeep extends SecretAddress {
  readonly content: string
  readonly by: Person | null
  /** The version that the caller takes for the newest, 0 for none: another one is refused with `conflict`. */
  readonly ifVersion?: number
}

/** A secret in clear. Whoever asked for it clears `content` when it is not needed any more. */
export interface OpenedSecret {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly content: Uint8Array
}

/** Which of a project's secrets: of one context, and of an environment before those that every environment has. */
export interface WantedSecrets {
  readonly project: string
  readonly context: SecretContext
  readonly environment: string | null
  readonly names: readonly string[]
}

/** Secrets of projects: encrypted in the database, in clear only for whoever `open` is called by. Throws what `KeyWrap` throws. */
export interface Vault {
  /** Makes a new version, and destroys those that are too old. `also` writes in the same transaction. */
  keep(
    organisation: string,
    secret: SecretToKeep,
    also: (tx: Tx, kept: KeptSecret) => Promise<void>,
  ): Promise<Result<KeptSecret>>
  /** The newest version of each that there is. */
  open(organisation: string, wanted: WantedSecrets): Promise<readonly OpenedSecret[]>
  /** Every version that is kept, whatever it is for: what of a project must be seen nowhere. */
  openAll(organisation: string, project: string): Promise<readonly OpenedSecret[]>
  /** Puts everything under the newest key of all, after making one where that is ours to do. */
  rotateKeys(): Promise<Result<Rotation>>
}

export function createVault(parts: VaultParts): Vault {
  const inTurn = turns()
  return {
    keep: (organisation, secret, also) => inTurn(() => keep(parts, organisation, secret, also)),
    open: (organisation, wanted) =>
      openChosen(parts, organisation, wanted.project, (all) => newestOf(all, wanted)),
    openAll: (organisation, project) =>
      openChosen(parts, organisation, project, (all) =>
        all.flatMap((secret) => secret.versions.map((version) => ({ secret, version }))),
      ),
    rotateKeys: () => inTurn(() => rotateKeys(parts)),
  }
}

async function keep(
  { store, keys, random, clock }: VaultParts,
  organisation: string,
  { content, by, ifVersion, ...address }: SecretToKeep,
  also: (tx: Tx, kept: KeptSecret) => Promise<void>,
): Promise<Result<KeptSecret>> {
  const before = await store.inOrganisation(organisation, (tx) => secretAt(tx, address))
  const last = before?.lastVersion ?? 0
  if (ifVersion !== undefined && ifVersion !== last) return changedMeanwhile(last)
  const id = before?.id ?? newId('sec', random)
  const version = last + 1
  const bytes = utf8(content)
  // The key may be a call away: no transaction waits for that.
  const { sealed, key, wrapped } = await seal(
    bytes,
    labelOf(organisation, address, id, version),
    keys,
    random,
  )
  const next = { version, bytes: bytes.length, sealed, wrappedKey: wrapped, wrappedBy: key }
  bytes.fill(0)
  const kept = await store.inOrganisation(organisation, async (tx) => {
    const stored = { ...next, createdBy: by, createdAt: instantOf(clock()) }
    if (!(await insertSecretVersion(tx, id, address, stored))) return undefined
    await destroyVersions(tx, id, KEPT_VERSIONS)
    const now = await secretAt(tx, address)
    if (now !== undefined) await also(tx, now)
    return now
  })
  return kept === undefined ? changedMeanwhile(undefined) : ok(kept)
}

interface Chosen {
  readonly secret: KeptSecret
  readonly version: SecretVersionRow
}

type Choose = (all: readonly KeptSecret[]) => readonly Chosen[]

async function openChosen(
  parts: VaultParts,
  organisation: string,
  project: string,
  choose: Choose,
): Promise<readonly OpenedSecret[]> {
  const attempt = async () => {
    const all = await parts.store.inOrganisation(organisation, (tx) => secretsOfProject(tx, project))
    return Promise.all(choose(all).map((chosen) => openVersion(parts, organisation, chosen)))
  }
  for (let left = TRIES - 1; ; left -= 1)
    try {
      return await attempt()
    } catch (thrown) {
      if (left === 0 || failureOf(thrown).rule !== 'vault.key-lost') throw thrown
    }
}

/** What was read may be from just before a rotation, which forgot the key since. */
const TRIES = 3

function newestOf(all: readonly KeptSecret[], { context, environment, names }: WantedSecrets): Chosen[] {
  return names.flatMap((name) => {
    const named = all.filter((secret) => secret.context === context && secret.name === name)
    const secret =
      named.find((one) => one.environment === environment) ?? named.find((one) => one.environment === null)
    const version = secret?.versions[0]
    return secret === undefined || version === undefined ? [] : [{ secret, version }]
  })
}

async function openVersion(
  { keys }: VaultParts,
  organisation: string,
  { secret, version: { version, sealed, wrappedKey, wrappedBy } }: Chosen,
): Promise<OpenedSecret> {
  const label = labelOf(organisation, secret, secret.id, version)
  const content = await open({ sealed, key: wrappedBy, wrapped: wrappedKey }, label, keys)
  return { id: secret.id, name: secret.name, version, content }
}

/** One thing after the other: a rotation never forgets the key of a version that is just being written. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine.catch(() => undefined)
    return mine
  }
}

function changedMeanwhile(version: number | undefined): Result<never> {
  return refused({
    code: 'precondition_failed',
    rule: 'secrets.version',
    message:
      version === undefined
        ? 'Somebody else stored this secret at the same time.'
        : `The newest version of this secret is ${version}.`,
    remedy: 'Look at `airlock secret list`, then store it again if yours is the right one.',
  })
}
