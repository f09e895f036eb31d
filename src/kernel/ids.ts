/** Where random bytes come from; injected, so that tests can fix them. */
export type RandomBytes = (size: number) => Uint8Array

export type IdKind =
  | 'org'
  | 'usr'
  | 'tem'
  | 'env'
  | 'bnd'
  | 'tok'
  | 'alw'
  | 'kpt'
  | 'prj'
  | 'tsk'
  | 'att'
  | 'pat'
  | 'apr'
  | 'evt'
  | 'sbx'
  | 'prv'
  | 'hld'
  | 'dec'
  | 'inv'
  | 'shr'
  | 'cnf'
  | 'sva'
  | 'sec'
  | 'rst'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base 32, lower case
const LENGTH = 20 // 100 bits: unguessable and never seen twice

/** A new identifier such as `tsk_3w9…`: kind, underscore, 20 base-32 characters. */
export function newId(kind: IdKind, random: RandomBytes): string {
  let text = ''
  for (const byte of random(LENGTH)) text += ALPHABET[byte & 31]
  return `${kind}_${text}`
}

/** True for text that `newId` of that kind could have made. */
export function isId(kind: IdKind, text: string): boolean {
  return text.length === kind.length + 1 + LENGTH && new RegExp(`^${kind}_[${ALPHABET}]+$`).test(text)
}
