import { sql } from 'kysely'

/** A value for a JSON column. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}

/** One of these, and none when there are none: `column = any(…)`. */
export function anyOf(values: readonly string[]) {
  return sql<string>`any(${[...values]}::text[])`
}

/** Free text for a text column: PostgreSQL cannot hold a NUL there, and an agent must not stop a task with one. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
