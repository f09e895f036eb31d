import type { Selectable } from 'kysely'
import type { ModelPolicy } from '#contract/model-policy.ts'
import type { Instant } from '#kernel/instant.ts'
import { anyOf, json } from './column.ts'
import type { ProjectsTable, Tx } from './schema.ts'

export type ProjectRow = Selectable<ProjectsTable>

export interface NewProject {
  readonly id: string
  readonly name: string
  /** An absolute path or a URL, without credentials. */
  readonly url: string
  readonly defaultBranch?: string | undefined
  readonly protectedBranches: readonly string[]
  readonly createdAt: Instant
}

/** Inserts a project; undefined when the organisation already has one of that name or URL. */
export async function insertProject(tx: Tx, project: NewProject): Promise<ProjectRow | undefined> {
  return tx
    .insertInto('projects')
    .values({
      ...project,
      defaultBranch: project.defaultBranch ?? null,
      protectedBranches: json(project.protectedBranches),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
}

/** Also one that was disconnected: tasks came from it. */
export function projectById(tx: Tx, id: string): Promise<ProjectRow | undefined> {
  return tx.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst()
}

/** A connected one, by id or by name; an id is never mistaken for somebody's name. */
export function projectByReference(tx: Tx, reference: string): Promise<ProjectRow | undefined> {
  return tx
    .selectFrom('projects')
    .selectAll()
    .where('removedAt', 'is', null)
    .where((column) => column.or([column('id', '=', reference), column('name', '=', reference)]))
    .orderBy((column) => column('id', '=', reference), 'desc')
    .executeTakeFirst()
}

export function projectByUrl(tx: Tx, url: string): Promise<ProjectRow | undefined> {
  return tx
    .selectFrom('projects')
    .selectAll()
    .where('removedAt', 'is', null)
    .where('url', '=', url)
    .executeTakeFirst()
}

/** All that are connected, and the team of each: what is asked about them one by one. */
export function projectTeams(tx: Tx): Promise<Pick<ProjectRow, 'id' | 'team'>[]> {
  return tx.selectFrom('projects').select(['id', 'team']).execute()
}

/** By name; `after` is the last name of the page before, `among` the ids that may be seen. */
export function listProjects(
  tx: Tx,
  page: {
    readonly after?: string | undefined
    readonly among?: readonly string[] | undefined
    readonly limit: number
  },
): Promise<ProjectRow[]> {
  let query = tx.selectFrom('projects').selectAll().where('removedAt', 'is', null)
  if (page.among !== undefined) query = query.where('id', '=', anyOf(page.among))
  if (page.after !== undefined) query = query.where('name', '>', page.after)
  return query.orderBy('name').limit(page.limit).execute()
}

/** Nothing allowed and no order is no policy. */
export async function setModels(tx: Tx, id: string, policy: ModelPolicy): Promise<ProjectRow> {
  const models = policy.allowed.length === 0 && policy.order === undefined ? null : json(policy)
  return tx
    .updateTable('projects')
    .set({ models })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function setDefaultBranch(tx: Tx, id: string, defaultBranch: string): Promise<void> {
  await tx.updateTable('projects').set({ defaultBranch }).where('id', '=', id).execute()
}

/** Throws what `isDuplicate` knows when another project is called so. */
export function renameProject(tx: Tx, id: string, name: string): Promise<ProjectRow> {
  return tx
    .updateTable('projects')
    .set({ name })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function setTeam(tx: Tx, id: string, team: string | null): Promise<ProjectRow> {
  return tx
    .updateTable('projects')
    .set({ team })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function setAutonomy(tx: Tx, id: string, autonomy: number): Promise<ProjectRow> {
  return tx
    .updateTable('projects')
    .set({ autonomy })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * A connected project that stays connected until this transaction ends, or, `for` its removal, that nobody begins a task
 * of meanwhile.
 */
export function holdProject(tx: Tx, id: string, held: 'work' | 'removal'): Promise<ProjectRow | undefined> {
  const query = tx.selectFrom('projects').selectAll().where('id', '=', id).where('removedAt', 'is', null)
  return (held === 'work' ? query.forShare() : query.forUpdate()).executeTakeFirst()
}

/** It is known to its old tasks only from now on. */
export async function disconnectProject(tx: Tx, id: string, removedAt: Instant): Promise<void> {
  await tx.updateTable('projects').set({ removedAt }).where('id', '=', id).execute()
}

/** Of all that were disconnected. */
export async function disconnectedProjects(tx: Tx): Promise<readonly string[]> {
  const rows = await tx.selectFrom('projects').select('id').where('removedAt', 'is not', null).execute()
  return rows.map(({ id }) => id)
}
