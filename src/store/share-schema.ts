import type { Generated } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Bytes, Json, Moment, Organisation } from './column-kinds.ts'

export interface ShareLinksTable {
  organisation: Organisation
  id: string
  /** Of the secret in the link, which is nowhere. */
  hash: Bytes
  task: string
  createdBy: Json<Person>
  createdAt: Moment
  /** At most seven days after it was made. */
  expiresAt: Moment
  revokedAt: Moment | null
  opened: Generated<number>
  lastOpenedAt: Moment | null
}
