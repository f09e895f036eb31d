import { decodeEntry } from '#audit/entry.ts'
import { digestIn } from '#audit/erasable.ts'
import type { AuditRecord } from '#contract/api.ts'
import { utf8 } from '#kernel/bytes.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import { oneLine, shortened } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

const DATA_WIDTH = 70

/** Entries of the log, one line each; one that cannot be read is said to be so. */
export function auditTable(records: readonly AuditRecord[], paint: Paint): string {
  if (records.length === 0) return 'The log is empty.'
  const rows = records.map(({ index, entry, texts = {} }) => {
    const decoded = decodeEntry(utf8(entry))
    if (!decoded.ok) return [String(index), '', '', paint('red', 'cannot be read: airlock audit verify')]
    const { at, action, actor, subject, data } = decoded.value
    return [
      paint('dim', String(index)),
      at.slice(0, 19).replace('T', ' '),
      paint('bold', oneLine(action)),
      `${actor.kind === 'person' ? '' : `${actor.kind} `}${oneLine(actor.id)}`,
      oneLine(subject),
      paint('dim', shortened(canonicalJson(withTexts(data, texts)), DATA_WIDTH)),
    ]
  })
  return table(
    [
      { title: '#', align: 'right' },
      { title: 'when (UTC)' },
      { title: 'action' },
      { title: 'who' },
      { title: 'what' },
      { title: 'data' },
    ],
    rows,
    paint,
  )
}

/** What people wrote in place of its digest, where it was not erased. */
function withTexts(
  data: { readonly [key: string]: Json },
  texts: Readonly<Record<string, string>>,
): { readonly [key: string]: Json } {
  const shown = Object.entries(data).map(([key, value]) => {
    const digest = digestIn(value)
    return [key, digest === undefined ? value : (texts[digest] ?? '(erased)')] as const
  })
  return Object.fromEntries(shown)
}
