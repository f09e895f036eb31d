import { createHmac } from 'node:crypto'
import { inflateRawSync } from 'node:zlib'
import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { type Browser, ownCookie, unsignedCookie } from '../browser.ts'

/** What signs, and where the server is. */
interface Keeper {
  readonly secret: string
  readonly origin: string
}

const NAME = 'saml_question'
const SECONDS = 600

/** A cookie by which a browser shows that the question in this address is its own; none where the address holds none. */
export function questionCookies({ secret, origin }: Keeper, url: string): readonly string[] {
  const id = questionIn(url)
  return id === undefined ? [] : [ownCookie(origin, NAME, signed(secret, id), SECONDS)]
}

/** True in the browser that asked: whoever got hold of an answer elsewhere cannot make the cookie that belongs to it. */
export function askedByThis(browser: Browser, { secret, origin }: Keeper, inResponseTo: string): boolean {
  const shown = unsignedCookie(browser, origin, NAME)
  return shown !== undefined && equalBytes(utf8(shown), utf8(signed(secret, inResponseTo)))
}

function signed(secret: string, id: string): string {
  return createHmac('sha256', secret).update(`saml question ${id}`).digest('base64url')
}

/** The name of the question, as the engine wrote it: deflated, in base 64 (SAML 2.0 Bindings, 3.4.4.1). */
function questionIn(url: string): string | undefined {
  const deflated = new URL(url).searchParams.get('SAMLRequest')
  if (deflated === null) return undefined
  const xml = inflateRawSync(Buffer.from(deflated, 'base64'), { maxOutputLength: 64 * 1024 }).toString()
  return /<(?:\w+:)?AuthnRequest\b[^>]*\sID="([^"]{1,200})"/.exec(xml)?.[1]
}
