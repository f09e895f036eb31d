import { fromBase64, toBase64, utf8 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { isKeyName, type Signer, type VerifierKey, verifySignature } from './signing-key.ts'

/** The largest note and the most signatures one may carry (C2SP asks for at least 16). */
export const MAX_NOTE_CHARACTERS = 64 * 1024
const MAX_SIGNATURES = 32

/**
 * Signs text as a C2SP signed note (https://c2sp.org/signed-note):
 *
 *     <text ending in a newline>
 *
 *     — <key name> base64(key ID || signature)
 *
 * Throws for text that no note can hold.
 */
export async function signNote(text: string, signer: Signer): Promise<string> {
  if (!isNoteText(text)) throw new RangeError('a note is text of whole lines without control characters')
  const signature = await signer.sign(utf8(text))
  const stamped = Buffer.concat([Buffer.from(signer.key.id, 'hex'), signature])
  return `${text}\n— ${signer.key.name} ${toBase64(stamped)}\n`
}

/** The text of a note that `key` signed. Signatures by other keys, such as witnesses, are let be but must be well formed. */
export function openNote(note: string, key: VerifierKey): Result<string> {
  if (note.length > MAX_NOTE_CHARACTERS) return badNote('it is too long')
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) return badNote('it has no signatures')
  const text = note.slice(0, split + 1)
  if (!isNoteText(text)) return badNote('its text is not plain lines')
  const lines = note.slice(split + 2, -1).split('\n', MAX_SIGNATURES + 1)
  if (lines.length > MAX_SIGNATURES) return badNote('it has too many signatures')

  const signatures = lines.map(parseSignature)
  if (signatures.includes(undefined)) return badNote('a signature line is malformed')
  const ours = signatures.filter((line) => line?.name === key.name && line.id === key.id)
  if (ours.length !== 1) return badNote(`it is not signed once by ${key.name}`)
  const valid = ours.every((line) => line && verifySignature(key, utf8(text), line.signature))
  return valid ? ok(text) : badNote(`the signature of ${key.name} does not fit the text`)
}

interface SignatureLine {
  readonly name: string
  readonly id: string
  readonly signature: Uint8Array
}

function parseSignature(line: string): SignatureLine | undefined {
  const [, name, encoded] = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? []
  const bytes = encoded === undefined ? undefined : fromBase64(encoded)
  if (name === undefined || !isKeyName(name) || bytes === undefined || bytes.byteLength < 5) return undefined
  return { name, id: Buffer.from(bytes.subarray(0, 4)).toString('hex'), signature: bytes.subarray(4) }
}

function isNoteText(text: string): boolean {
  return (
    text.endsWith('\n') &&
    text.length <= MAX_NOTE_CHARACTERS &&
    text.isWellFormed() &&
    !/\p{Cc}/u.test(text.replaceAll('\n', ''))
  )
}

function badNote(why: string): Result<never> {
  return refused({
    code: 'verification_failed',
    message: `The signed note does not hold: ${why}.`,
    rule: 'audit.note',
  })
}
