import { type RawBuilder, sql } from 'kysely'
import type { Tx } from './schema.ts'

/** A row of an export: which table it is of, and what stands in it. */
export interface ExportedRow {
  readonly table: string
  readonly row: Readonly<Record<string, unknown>>
}

/** What is about a task, or about a person. */
export type About = { readonly task: string } | { readonly person: string }

/** Where something stands: a table, and how its rows are found. */
export interface ExportPart {
  readonly table: string
  readonly condition: RawBuilder<boolean>
}

/** Rows of one page, and where the next begins. */
export interface ExportPage {
  readonly rows: readonly ExportedRow[]
  readonly next?: string
}

const PAGE = 200

/**
 * Every table that names a task, or a person. Found by the names of columns, as what erases them is: a new table is in the
 * export from its first day.
 */
export async function partsAbout(tx: Tx, about: About): Promise<readonly ExportPart[]> {
  const { rows } = await sql<{ table: string; column: string; type: string }>`
    select table_name as table, column_name as column, data_type as type
    from information_schema.columns where table_schema = 'airlock' order by table_name, column_name`.execute(
    tx,
  )
  return [
    ...rows.flatMap(({ table, column, type }) => {
      const condition =
        'task' in about ? ofTask(table, column, about.task) : ofPerson(table, column, type, about.person)
      return condition === undefined ? [] : [{ table, condition }]
    }),
    { table: 'audit_entries', condition: entriesOf(about) },
  ]
}

export async function exportPage(
  tx: Tx,
  { table, condition }: ExportPart,
  after?: string,
): Promise<ExportPage> {
  const from = after === undefined ? sql`true` : sql`ctid > ${after}::tid`
  const { rows } = await sql<{ place: string; row: string }>`
    select ctid::text as place, row_to_json(part)::text as row
    from (select ctid, * from ${sql.table(table)} where ${condition} and ${from} order by ctid limit ${PAGE}) as part
    order by part.ctid`.execute(tx)
  const shown = rows.map(({ row }) => ({ table, row: withoutSecrets(table, JSON.parse(row)) }))
  const last = rows.at(-1)
  return rows.length < PAGE || last === undefined ? { rows: shown } : { rows: shown, next: last.place }
}

function ofTask(table: string, column: string, task: string): RawBuilder<boolean> | undefined {
  if (table === 'tasks') return column === 'id' ? sql`id = ${task}` : undefined
  if (table === 'log_texts') return column === 'subject' ? sql`subject = ${task}` : undefined
  return column === 'task' ? sql`task = ${task}` : undefined
}

function ofPerson(
  table: string,
  column: string,
  type: string,
  person: string,
): RawBuilder<boolean> | undefined {
  if (table === 'people') return column === 'id' ? sql`id = ${person}` : undefined
  const name = sql.ref(column)
  if (type === 'json' && (column === 'requester' || column.endsWith('_by')))
    return sql`json_typeof(${name}) = 'object' and (${name} -> 'id')::text = ${JSON.stringify(person)}`
  return ['person', 'subject', 'member'].includes(column) && type === 'text'
    ? sql`${name} = ${person}`
    : undefined
}

/** Entries about a task; of a person, what they did and what was done to them. */
function entriesOf(about: About): RawBuilder<boolean> {
  if ('task' in about) return sql`subject = ${about.task}`
  const quoted = JSON.stringify(about.person)
  return sql`position(convert_to(${quoted}, 'UTF8') in bytes) > 0`
}

/** What lets somebody in is nobody's data to take along. */
const SECRET = new Set(['ctid', 'hash', 'salt', 'wrapped_key', 'sealed', 'ciphertext', 'nonce', 'canaries'])

function withoutSecrets(table: string, row: Readonly<Record<string, unknown>>): ExportedRow['row'] {
  const open = Object.entries(row).filter(([column]) => !SECRET.has(column))
  return Object.fromEntries(open.map(([column, value]) => [column, readable(table, column, value)]))
}

/** Bytes that are text, as text: patches and entries of the log. */
function readable(table: string, column: string, value: unknown): unknown {
  if (column !== 'bytes' || (table !== 'patches' && table !== 'audit_entries')) return value
  return typeof value === 'string' ? Buffer.from(value.replace(/^\\x/, ''), 'hex').toString('utf8') : value
}
