import { z } from 'zod'
import { fromBase64, toBase64, utf8 } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { decodeDocument } from './document.ts'
import { MAX_ENTRY_BYTES } from './entry.ts'
import { leafHash } from './merkle.ts'
import { MAX_NOTE_CHARACTERS } from './signed-note.ts'

/** The longest line of an export in bytes: room for the largest entry in base64, or the largest note. */
export const MAX_LINE_BYTES = 2 * MAX_ENTRY_BYTES + 1_024

/** One line of an exported log (JSON Lines, canonical JSON): an entry, or the checkpoint of all entries above it. */
export type LogLine =
  | { readonly kind: 'entry'; readonly index: number; readonly bytes: Uint8Array; readonly leaf: Uint8Array }
  | { readonly kind: 'checkpoint'; readonly note: string }

/** The leaf hash goes along so that a changed entry can be named; it is never believed. */
export function entryLine(index: number, bytes: Uint8Array): string {
  return `${canonicalJson({ entry: toBase64(bytes), index, leaf: toBase64(leafHash(bytes)) })}\n`
}

export function checkpointLine(note: string): string {
  return `${canonicalJson({ checkpoint: note })}\n`
}

/** Reads a line without its newline; undefined unless it is exactly what one of the two above would write. */
export function parseLogLine(line: string): LogLine | undefined {
  const parsed = decodeDocument(utf8(line), Line, 'line')
  if (!parsed.ok) return undefined
  if ('checkpoint' in parsed.value) return { kind: 'checkpoint', note: parsed.value.checkpoint }
  const bytes = fromBase64(parsed.value.entry)
  const leaf = fromBase64(parsed.value.leaf)
  return bytes && leaf && { kind: 'entry', index: parsed.value.index, bytes, leaf }
}

/** Cuts chunks into lines. A line above the bound is yielded as undefined and ends the stream: it is never gathered. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<string | undefined> {
  let rest: Uint8Array = new Uint8Array()
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      if (rest.byteLength + end - start > MAX_LINE_BYTES) return yield undefined
      yield textOf(rest, chunk.subarray(start, end))
      rest = new Uint8Array()
      start = end + 1
    }
    if (rest.byteLength + chunk.byteLength - start > MAX_LINE_BYTES) return yield undefined
    rest = Buffer.concat([rest, chunk.subarray(start)])
  }
  if (rest.byteLength > 0) yield textOf(rest, new Uint8Array())
}

const Line = z.union([
  z.strictObject({
    entry: z.string().max(2 * MAX_ENTRY_BYTES),
    index: z.int().min(0),
    leaf: z.string().max(44),
  }),
  z.strictObject({ checkpoint: z.string().max(MAX_NOTE_CHARACTERS) }),
])

const NEWLINE = 0x0a

function textOf(head: Uint8Array, tail: Uint8Array): string {
  return Buffer.concat([head, tail]).toString('utf8')
}
