/** A value for a JSON column. */
export function json(value: unknown): string {
  return JSON.stringify(value)
}

/** Free text for a text column: PostgreSQL cannot hold a NUL there, and an agent must not stop a task with one. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
