import type { Instant } from '#kernel/instant.ts'
import type { Tx } from './schema.ts'

/** Words of a person that an entry of the audit log names by their salted digest. */
export interface LogText {
  readonly digest: string
  /** What the entry is about. */
  readonly subject: string
  readonly person: string
  readonly salt: Uint8Array
  readonly text: string
  readonly createdAt: Instant
}

export async function keepLogText(tx: Tx, text: LogText): Promise<void> {
  await tx
    .insertInto('logTexts')
    .values({ ...text, salt: Buffer.from(text.salt) })
    .execute()
}

/** Those that were not erased. */
export async function logTextsOf(tx: Tx, digests: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (digests.length === 0) return new Map()
  const rows = await tx
    .selectFrom('logTexts')
    .select(['digest', 'text'])
    .where('digest', 'in', [...digests])
    .execute()
  return new Map(rows.map(({ digest, text }) => [digest, text]))
}
