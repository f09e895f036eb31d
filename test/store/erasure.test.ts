import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyFrontier, encodeFrontier, extend, leafHash } from '#audit/merkle.ts'
import type { TaskState } from '#contract/task.ts'
import { memberOf } from '#policy/actor.ts'
import { auditFrontier, entriesFrom } from '#store/audit-log.ts'
import { exportPage, partsAbout } from '#store/data-export.ts'
import { openStore, type Store } from '#store/database.ts'
import { erasePerson, eraseTask, forgetDecisions, tasksToErase } from '#store/erasure.ts'
import { removePerson } from '#store/people.ts'
import type { Tx } from '#store/schema.ts'
import { textForLog } from '#tasks/log-text.ts'
import { MORNING, type TestStore, testStore } from '#test/support/database.ts'
import { type FullOrganisation, fullOrganisation } from '#test/support/every-table.ts'
import { asAdmin, locationOf } from '#test/support/postgres-server.ts'

const NOON = '2026-01-31T12:00:00.000Z'
const WORDS = 'because Zebulon said so'

let opened: TestStore
beforeAll(async () => {
  opened = await testStore()
})
afterAll(() => opened.close())

async function house(state: TaskState = 'rejected') {
  const home = await fullOrganisation(opened.store)
  const within = <T>(work: (tx: Tx) => Promise<T>) => opened.store.inOrganisation(home.organisation, work)
  await within(async (tx) => {
    await tx.updateTable('tasks').set({ state, intent: WORDS }).where('id', '=', home.task.id).execute()
    await textForLog(
      { clock: () => Date.parse(MORNING), random: () => new Uint8Array(16) },
      tx,
      memberOf(home.organisation, home.person, 'owner'),
      home.task.id,
      WORDS,
    )
  })
  return { home, within }
}

/** Every row of every table of one organisation as text. */
async function dump(
  { organisation }: FullOrganisation,
  { inOrganisation }: Pick<Store, 'inOrganisation'> = opened.store,
): Promise<ReadonlyMap<string, string>> {
  return inOrganisation(organisation, async (tx) => {
    const { rows } = await sql<{ name: string }>`select relname as name from pg_class c
      join pg_namespace n on n.oid = c.relnamespace where nspname = 'airlock' and relkind = 'r'`.execute(tx)
    const texts = new Map<string, string>()
    for (const { name } of rows) {
      const found = await sql<{
        row: string
      }>`select row_to_json(part)::text as row from ${sql.table(name)} part`.execute(tx)
      texts.set(name, found.rows.map(({ row }) => row).join('\n'))
    }
    return texts
  })
}

async function isLogWhole(within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>): Promise<boolean> {
  return within(async (tx) => {
    const entries = await entriesFrom(tx, 0, 10_000)
    const grown = entries.reduce((edge, { bytes }) => extend(edge, leafHash(bytes)).frontier, emptyFrontier)
    return Buffer.from(encodeFrontier(grown)).equals(Buffer.from(encodeFrontier(await auditFrontier(tx))))
  })
}

test('of an erased task nothing that anybody said or made is left, and the log is whole', async () => {
  const { home, within } = await house()
  const before = await dump(home)
  expect(await within((tx) => eraseTask(tx, home.task.id, { at: NOON, evidence: false }))).toBe(true)
  const after = await dump(home)
  for (const text of after.values()) expect(text).not.toContain(WORDS)
  for (const gone of [
    'events',
    'gate_reports',
    'egress_requests',
    'egress_allowances',
    'share_links',
    'log_texts',
  ])
    expect({ gone, text: after.get(gone) }).toEqual({ gone, text: '' })
  for (const kept of [
    'audit_entries',
    'audit_nodes',
    'audit_log',
    'audit_checkpoints',
    'evidence',
    'approvals',
  ])
    expect({ kept, text: after.get(kept) }).toEqual({ kept, text: before.get(kept) })
  expect(after.get('patches')).toContain(`sha256:${'c'.repeat(64)}`)
  expect(after.get('patches')).not.toContain('README')
  expect(await isLogWhole(within)).toBe(true)
  expect(await within((tx) => eraseTask(tx, home.task.id, { at: NOON, evidence: false }))).toBe(false)
})

test('a task that is not at its end is not erased, nor one of another organisation', async () => {
  const { home, within } = await house('awaiting_review')
  expect(await within((tx) => eraseTask(tx, home.task.id, { at: NOON, evidence: true }))).toBe(false)
  const other = await house()
  expect(await within((tx) => eraseTask(tx, other.home.task.id, { at: NOON, evidence: true }))).toBe(false)
  expect((await dump(other.home)).get('tasks')).toContain(WORDS)
})

test('evidence goes when that is said, and only then', async () => {
  const { home, within } = await house('published')
  expect(await within((tx) => eraseTask(tx, home.task.id, { at: NOON, evidence: true }))).toBe(true)
  const after = await dump(home)
  expect(after.get('evidence')).toBe('')
  expect(after.get('approvals')).not.toContain('e30=')
})

test('of an erased person no name and no address is left in any table, and the log is whole', async () => {
  const { home, within } = await house()
  expect(await within((tx) => erasePerson(tx, home.person.id))).toBe(false)
  await within((tx) => removePerson(tx, home.person.id, NOON))
  expect([...(await dump(home)).values()].join()).toContain(home.person.email)
  expect(await within((tx) => erasePerson(tx, home.person.id))).toBe(true)
  for (const [table, text] of await dump(home)) {
    expect({ table, address: text.includes(home.person.email) }).toEqual({ table, address: false })
    expect({ table, name: text.includes(`"${home.person.name}"`) }).toEqual({ table, name: false })
  }
  expect((await dump(home)).get('people')).toContain('Erased person')
  expect(await isLogWhole(within)).toBe(true)
})

test('what is forgotten is one organisation’s, even where the owner of the tables is a superuser, whom nothing binds', async () => {
  const database = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(opened.host, `create database ${database} template template0`)
  const location = locationOf(opened.host, database)
  const store = await openStore({ ...location, url: location.url.replace('airlock_owner', 'airlock_admin') })
  try {
    const [ours, theirs] = [await fullOrganisation(store), await fullOrganisation(store)]
    const before = await dump(theirs, store)
    await store.inOrganisation(ours.organisation, async (tx) => {
      await tx.updateTable('tasks').set({ state: 'rejected' }).execute()
      await removePerson(tx, ours.person.id, NOON)
      expect(await eraseTask(tx, theirs.task.id, { at: NOON, evidence: true })).toBe(false)
      expect(await erasePerson(tx, theirs.person.id)).toBe(false)
      expect(await eraseTask(tx, ours.task.id, { at: NOON, evidence: true })).toBe(true)
      expect(await erasePerson(tx, ours.person.id)).toBe(true)
      await forgetDecisions(tx, NOON)
    })
    expect(await dump(theirs, store)).toEqual(before)
  } finally {
    await store.close()
    await asAdmin(opened.host, `drop database ${database} with (force)`)
  }
})

test('what is kept of a task or a person is exported, and no secret with it', async () => {
  const { home, within } = await house()
  const rows = async (about: Parameters<typeof partsAbout>[1]) => {
    const found: { table: string; row: Readonly<Record<string, unknown>> }[] = []
    for (const part of await within((tx) => partsAbout(tx, about)))
      found.push(...(await within((tx) => exportPage(tx, part))).rows)
    return found
  }
  const ofTask = await rows({ task: home.task.id })
  const tables = new Set(ofTask.map(({ table }) => table))
  for (const table of [
    'tasks',
    'attempts',
    'events',
    'patches',
    'gate_reports',
    'approvals',
    'evidence',
    'share_links',
  ])
    expect(tables).toContain(table)
  expect(ofTask.find(({ table }) => table === 'patches')?.row.bytes).toContain('diff --git')
  const ofPerson = await rows({ person: home.person.id })
  const about = new Set(ofPerson.map(({ table }) => table))
  for (const table of ['people', 'tasks', 'access_tokens', 'team_members', 'policies', 'share_links'])
    expect(about).toContain(table)
  for (const { row } of [...ofTask, ...ofPerson])
    for (const secret of ['hash', 'salt', 'ciphertext', 'wrapped_key']) expect(row).not.toHaveProperty(secret)
})

test('what is old is found, and old decisions are forgotten', async () => {
  const { home, within } = await house()
  await within((tx) =>
    tx.updateTable('tasks').set({ updatedAt: MORNING }).where('id', '=', home.task.id).execute(),
  )
  expect(await within((tx) => tasksToErase(tx, MORNING, 9))).toEqual([])
  expect(await within((tx) => tasksToErase(tx, NOON, 9))).toEqual([home.task.id])
  await within((tx) => forgetDecisions(tx, MORNING))
  expect((await dump(home)).get('decisions')).not.toBe('')
  await within((tx) => forgetDecisions(tx, NOON))
  expect((await dump(home)).get('decisions')).toBe('')
})
