import { erasableIn } from '#audit/erasable.ts'
import { checkpointLine, entryLine } from '#audit/log-export.ts'
import type { Application } from '#http/application.ts'
import { utf8 } from '#kernel/bytes.ts'
import { ok, refused } from '#kernel/result.ts'
import { auditFrontier, entriesFrom } from '#store/audit-log.ts'
import { logTextsOf } from '#store/log-texts.ts'
import { checkpointNow } from '#tasks/evidence.ts'
import type { Workshop } from '#tasks/workshop.ts'

const EXPORT_PAGE = 500

/** Reading the log: page by page, as its newest signed checkpoint, or whole. */
export function auditUseCases(
  workshop: Workshop,
): Pick<Application, 'auditEntries' | 'auditCheckpoint' | 'auditExport'> {
  const { store } = workshop
  return {
    auditEntries: (actor, { cursor, limit }) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const size = cursor === undefined ? (await auditFrontier(tx)).size : Number(cursor)
        if (!Number.isSafeInteger(size) || size < 0) return refused(badCursor())
        const first = Math.max(0, size - limit)
        const entries = await entriesFrom(tx, first, size - first)
        const texts = await logTextsOf(
          tx,
          entries.flatMap(({ bytes }) => erasableIn(bytes)),
        )
        const items = entries.toReversed().map(({ index, bytes }) => {
          const own = erasableIn(bytes).flatMap((digest) => {
            const text = texts.get(digest)
            return text === undefined ? [] : [[digest, text] as const]
          })
          const entry = Buffer.from(bytes).toString('utf8')
          return own.length === 0 ? { index, entry } : { index, entry, texts: Object.fromEntries(own) }
        })
        return ok(first > 0 ? { items, next: `${first}` } : { items })
      }),

    auditCheckpoint: (actor) =>
      store.inOrganisation(actor.organisation, async (tx) =>
        ok((await checkpointNow(workshop, tx, actor.organisation)).note),
      ),

    auditExport: async (actor) => ok(exported(workshop, actor.organisation)),
  }
}

/** Every entry up to a checkpoint made now, then that checkpoint: what is appended meanwhile waits for the next export. */
async function* exported(workshop: Workshop, organisation: string): AsyncGenerator<Uint8Array> {
  const { store } = workshop
  const { size, note } = await store.inOrganisation(organisation, (tx) =>
    checkpointNow(workshop, tx, organisation),
  )
  for (let next = 0; next < size; next += EXPORT_PAGE) {
    const entries = await store.inOrganisation(organisation, (tx) =>
      entriesFrom(tx, next, Math.min(EXPORT_PAGE, size - next)),
    )
    yield utf8(entries.map(({ index, bytes }) => entryLine(index, bytes)).join(''))
  }
  yield utf8(checkpointLine(note))
}

function badCursor() {
  return {
    code: 'invalid_input' as const,
    rule: 'request.cursor',
    message: 'The cursor is not one this list gave out.',
    remedy: 'Start without a cursor.',
  }
}
