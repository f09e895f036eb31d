import type { SecretContext } from '#contract/secret.ts'
import type { Person } from '#contract/task.ts'
import type { Bytes, Json, Moment, Organisation } from './column-kinds.ts'

export interface SecretsTable {
  organisation: Organisation
  id: string
  project: string
  /** Null where every environment has it. */
  environment: string | null
  context: SecretContext
  name: string
  lastVersion: number
  usedVersion: number | null
  usedAt: Moment | null
  /** The number of the task. */
  usedFor: number | null
  usedBy: Json<Person> | null
}

export interface SecretVersionsTable {
  organisation: Organisation
  secret: string
  version: number
  bytes: number
  sealed: Bytes
  wrappedKey: Bytes
  /** Which key-encryption key. */
  wrappedBy: string
  /** Null for what was moved here from a file. */
  createdBy: Json<Person> | null
  createdAt: Moment
}
