import { createHmac } from 'node:crypto'
import { equalBytes } from '#kernel/bytes.ts'

/**
 * The token of a session in a request's cookies, if it bears our signature: as the sign-in engine writes it, `token.signature`
 * with HMAC-SHA-256 in base 64. Checked here without the engine, since it happens at every request of a page.
 */
export function sessionTokenOf(cookies: string, secret: string, origin: string): string | undefined {
  const prefix = origin.startsWith('https://') ? '__Host-' : ''
  const name = `${prefix}airlock.session_token=`
  const found = cookies.split('; ').filter((cookie) => cookie.startsWith(name))
  const [value] = found
  if (value === undefined || found.length > 1 || value.length > 1_000) return undefined
  const [, token, signature] =
    /^([A-Za-z0-9]{16,200})\.([A-Za-z0-9+/]{43}=)$/.exec(decoded(value.slice(name.length))) ?? []
  if (token === undefined || signature === undefined) return undefined
  const expected = createHmac('sha256', secret).update(token).digest()
  return equalBytes(Buffer.from(signature, 'base64'), expected) ? token : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
