import type { Bytes, Moment, Organisation } from './column-kinds.ts'

export interface LogTextsTable {
  organisation: Organisation
  digest: string
  subject: string
  person: string
  salt: Bytes
  text: string
  createdAt: Moment
}
