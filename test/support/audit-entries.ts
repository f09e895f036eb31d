import { encodeEntry } from '#audit/entry.ts'
import { MORNING } from './database.ts'

/** The bytes of one entry for each subject. */
export function entriesAbout(...subjects: readonly string[]): Uint8Array[] {
  return subjects.map((subject) =>
    encodeEntry({
      version: 1,
      organisation: 'org_1',
      at: MORNING,
      actor: { kind: 'system', id: 'airlock' },
      action: 'task.noted',
      subject,
      data: {},
    }),
  )
}
