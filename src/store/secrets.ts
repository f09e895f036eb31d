import { type Selectable, sql } from 'kysely'
import type { SecretContext } from '#contract/secret.ts'
import type { Person } from '#contract/task.ts'
import type { Instant } from '#kernel/instant.ts'
import { json } from './column.ts'
import type { Tx } from './schema.ts'
import type { SecretsTable, SecretVersionsTable } from './secrets-schema.ts'

export type SecretRow = Selectable<SecretsTable>
export type SecretVersionRow = Selectable<SecretVersionsTable>

/** What a secret is called, and who may see it. */
export interface SecretAddress {
  readonly project: string
  readonly environment: string | null
  readonly context: SecretContext
  readonly name: string
}

/** A secret with what is kept of it, the newest version first. */
export interface KeptSecret extends SecretRow {
  readonly environmentName: string | null
  readonly versions: readonly SecretVersionRow[]
}

export interface NewSecretVersion {
  readonly version: number
  readonly bytes: number
  readonly sealed: Uint8Array
  readonly wrappedKey: Uint8Array
  readonly wrappedBy: string
  readonly createdBy: Person | null
  readonly createdAt: Instant
}

/** Of one project, by name. */
export async function secretsOfProject(tx: Tx, project: string): Promise<readonly KeptSecret[]> {
  return withVersions(tx, await secrets(tx).where('secret.project', '=', project).execute())
}

export async function secretAt(tx: Tx, address: SecretAddress): Promise<KeptSecret | undefined> {
  const rows = await secrets(tx)
    .where('secret.project', '=', address.project)
    .where('secret.environment', 'is not distinct from', address.environment)
    .where('secret.context', '=', address.context)
    .where('secret.name', '=', address.name)
    .execute()
  return (await withVersions(tx, rows))[0]
}

/** Writes the next version of a secret, the first one with the secret; false when somebody else wrote it meanwhile. */
export async function insertSecretVersion(
  tx: Tx,
  id: string,
  address: SecretAddress,
  next: NewSecretVersion,
): Promise<boolean> {
  if (!(await countUp(tx, id, address, next.version))) return false
  await tx
    .insertInto('secretVersions')
    .values({ ...next, secret: id, createdBy: next.createdBy === null ? null : json(next.createdBy) })
    .execute()
  return true
}

/** Destroys all but the newest versions; gives how many. */
export async function destroyVersions(tx: Tx, secret: string, keep: number): Promise<number> {
  const kept = tx
    .selectFrom('secretVersions')
    .select('version')
    .where('secret', '=', secret)
    .orderBy('version', 'desc')
    .limit(keep)
  const { numDeletedRows } = await tx
    .deleteFrom('secretVersions')
    .where('secret', '=', secret)
    .where('version', 'not in', kept)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

/** Its versions with it. False when there was none. */
export async function removeSecret(tx: Tx, address: SecretAddress): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('secrets')
    .where('project', '=', address.project)
    .where('environment', 'is not distinct from', address.environment)
    .where('context', '=', address.context)
    .where('name', '=', address.name)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Every secret of a project, or of one of its environments; gives how many. */
export async function removeSecretsOf(
  tx: Tx,
  place: { readonly project: string } | { readonly environment: string },
): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('secrets')
    .where((column) =>
      'project' in place
        ? column('project', '=', place.project)
        : column('environment', '=', place.environment),
    )
    .executeTakeFirst()
  return Number(numDeletedRows)
}

export async function noteSecretUse(
  tx: Tx,
  secret: string,
  use: { readonly version: number; readonly at: Instant; readonly task: number; readonly by: Person },
): Promise<void> {
  await tx
    .updateTable('secrets')
    .set({ usedVersion: use.version, usedAt: use.at, usedFor: use.task, usedBy: json(use.by) })
    .where('id', '=', secret)
    .execute()
}

export interface WrappedRow extends SecretAddress {
  readonly secret: string
  readonly version: number
  readonly wrappedKey: Uint8Array
  readonly wrappedBy: string
}

/** Versions whose data key is under another key than this one, each with the address of its secret; without what they hold. */
export function versionsNotUnder(tx: Tx, key: string): Promise<WrappedRow[]> {
  return tx
    .selectFrom('secretVersions as version')
    .innerJoin('secrets as secret', 'secret.id', 'version.secret')
    .select(['version.secret', 'version.version', 'version.wrappedKey', 'version.wrappedBy'])
    .select(['secret.project', 'secret.environment', 'secret.context', 'secret.name'])
    .where('version.wrappedBy', '<>', key)
    .orderBy('version.secret')
    .orderBy('version.version')
    .execute()
}

/** Puts a data key under another key; nothing where the version was destroyed meanwhile. */
export async function rewrapVersion(
  tx: Tx,
  { secret, version, wrappedBy }: WrappedRow,
  to: { readonly wrappedKey: Uint8Array; readonly wrappedBy: string },
): Promise<void> {
  await tx
    .updateTable('secretVersions')
    .set(to)
    .where('secret', '=', secret)
    .where('version', '=', version)
    .where('wrappedBy', '=', wrappedBy)
    .execute()
}

/** Which keys something of this organisation is under. */
export async function keysInUse(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.selectFrom('secretVersions').select('wrappedBy').distinct().execute()
  return rows.map(({ wrappedBy }) => wrappedBy)
}

async function countUp(tx: Tx, id: string, address: SecretAddress, version: number): Promise<boolean> {
  if (version === 1) {
    const { numInsertedOrUpdatedRows } = await tx
      .insertInto('secrets')
      .values({ id, ...address, lastVersion: 1 })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    return numInsertedOrUpdatedRows === 1n
  }
  const { numUpdatedRows } = await tx
    .updateTable('secrets')
    .set({ lastVersion: version })
    .where('id', '=', id)
    .where('lastVersion', '=', version - 1)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function secrets(tx: Tx) {
  return tx
    .selectFrom('secrets as secret')
    .leftJoin('environments as environment', 'environment.id', 'secret.environment')
    .selectAll('secret')
    .select('environment.name as environmentName')
    .orderBy('secret.name')
    .orderBy('secret.context')
    .orderBy('environment.name')
}

async function withVersions(
  tx: Tx,
  rows: readonly Omit<KeptSecret, 'versions'>[],
): Promise<readonly KeptSecret[]> {
  if (rows.length === 0) return []
  const versions = await tx
    .selectFrom('secretVersions')
    .selectAll()
    .where('secret', '=', sql<string>`any(${rows.map(({ id }) => id)})`)
    .orderBy('version', 'desc')
    .execute()
  return rows.map((secret) => ({
    ...secret,
    versions: versions.filter((version) => version.secret === secret.id),
  }))
}
