import type { Sighting } from './finding.ts'
import { isPlaceholder } from './placeholder.ts'
import { looksRandom } from './randomness.ts'

const BASIC = /\s{1,4}([A-Za-z0-9+/]{8,400}={0,2})(?![\w+/=-])/y
const BEARER = /\s{1,4}([\w.~+/-]{16,2000}={0,2})/y
const JWT = /eyJ[\w-]{10,2000}\.eyJ[\w-]{10,6000}\.[\w-]{10,1400}/y

/** What follows the word `Basic` or `Bearer` that ends at `end`, if it is a credential. */
export function authorizationAt(text: string, word: string, end: number): Sighting | undefined {
  if (!/^(?:basic|bearer|token|apikey|api-token)$/i.test(word)) return undefined
  const isBasic = /^basic$/i.test(word)
  if (
    !/^b/i.test(word) &&
    !/authorization["']?\s{0,4}[:=,]\s{0,4}["']?$/i.test(
      text.slice(Math.max(0, end - word.length - 30), end - word.length),
    )
  )
    return undefined
  const pattern = isBasic ? BASIC : BEARER
  pattern.lastIndex = end
  const value = pattern.exec(text)?.[1]
  if (value === undefined || isPlaceholder(value)) return undefined
  if (isBasic ? !isUserAndPassword(value) : !(looksRandom(value, 16) && /[0-9]/.test(value))) return undefined
  const start = text.indexOf(value, end)
  return {
    rule: isBasic ? 'secret.basic-authorization' : 'secret.bearer-authorization',
    class: 'authorization',
    reason: isBasic
      ? 'It is a user name and password for basic authorization.'
      : 'It is a bearer credential.',
    start,
    end: start + value.length,
    confidence: isBasic ? 'high' : 'medium',
  }
}

/** A JSON web token that begins at `start`; one made to explain the format is not one. */
export function webTokenAt(text: string, start: number): Sighting | undefined {
  JWT.lastIndex = start
  const found = JWT.exec(text)?.[0]
  if (found === undefined) return undefined
  const [header = '', payload = '', signature = ''] = found.split('.')
  if (!/"(?:alg|enc)"\s*:/.test(decoded(header)) || isPlaceholder(signature)) return undefined
  if (/John Doe|"1234567890"|example/i.test(decoded(payload))) return undefined
  return {
    rule: 'secret.json-web-token',
    class: 'provider-token',
    reason: 'It is a signed JSON web token.',
    start,
    end: start + found.length,
    confidence: 'high',
    publicPrefix: 3,
  }
}

/** Whether a text is base64 of `user:password`, both readable. */
export function isUserAndPassword(base64: string): boolean {
  const plain = decoded(base64)
  const colon = plain.indexOf(':')
  if (colon < 1 || !isReadable(plain)) return false
  const password = plain.slice(colon + 1)
  return password.length >= 4 && !isPlaceholder(password)
}

/** Tools cut and mend such texts by hand; a few odd bytes do not make it something else. */
function isReadable(plain: string): boolean {
  const odd = plain.match(/[^\x20-\x7e]/g)?.length ?? 0
  return plain.length >= 4 && plain.length <= 300 && odd <= (plain.length >= 32 ? 2 : 0)
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1')
}
