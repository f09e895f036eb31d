import { fromBase64, toBase64 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { HASH_SIZE } from './merkle.ts'
import { openNote, signNote } from './signed-note.ts'
import { isKeyName, type Signer, type VerifierKey } from './signing-key.ts'

/** The state of a log at one size: a C2SP checkpoint (https://c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  /** Which log: the name of the key, or a path below it. No spaces, so that no DSSE text can pass as a checkpoint. */
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  /** Lines this code does not read. Airlock writes none. */
  readonly extensions: readonly string[]
}

/** The text that is signed: origin, size, root in base64, each on its line. */
export function checkpointText(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions } = checkpoint
  return [origin, String(size), toBase64(root), ...extensions].map((line) => `${line}\n`).join('')
}

/** Reads a checkpoint's text; one that would not print back to the same text is refused. */
export function parseCheckpoint(text: string): Result<Checkpoint> {
  if (text.length > MAX_TEXT) return badCheckpoint('it is too long')
  const [origin, sizeText, rootText, ...rest] = text.split('\n', MAX_LINES)
  const root = fromBase64(rootText ?? '')
  const size = Number(sizeText)
  if (origin === undefined || !isKeyName(origin)) return badCheckpoint('its first line names no log')
  if (!Number.isSafeInteger(size) || size < 0) return badCheckpoint('its second line is no size')
  if (root?.byteLength !== HASH_SIZE) return badCheckpoint('its third line is no hash')
  const checkpoint = { origin, size, root, extensions: rest.slice(0, -1) }
  if (checkpoint.extensions.includes('') || checkpointText(checkpoint) !== text)
    return badCheckpoint('it is not in canonical form')
  return ok(checkpoint)
}

/** Signs a log's state. A log must never sign two states of which one does not continue the other. */
export function signCheckpoint(
  state: { readonly origin: string; readonly size: number; readonly root: Uint8Array },
  signer: Signer,
): Promise<string> {
  const text = checkpointText({ ...state, extensions: [] })
  if (!parseCheckpoint(text).ok) throw new RangeError('this state cannot be a checkpoint')
  return signNote(text, signer)
}

/** The checkpoint in a note: signed by this key, and of this very log (of any log of the key when none is named). */
export function openCheckpoint(note: string, key: VerifierKey, origin?: string): Result<Checkpoint> {
  const text = openNote(note, key)
  if (!text.ok) return text
  const checkpoint = parseCheckpoint(text.value)
  if (checkpoint.ok && origin !== undefined && checkpoint.value.origin !== origin)
    return badCheckpoint(`it is of the log ${checkpoint.value.origin}, not of ${origin}`)
  return checkpoint
}

const MAX_TEXT = 16 * 1024
const MAX_LINES = 64

function badCheckpoint(why: string): Result<never> {
  return refused({
    code: 'verification_failed',
    message: `The checkpoint does not hold: ${why}.`,
    rule: 'audit.checkpoint',
  })
}
