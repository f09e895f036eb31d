import type { Context } from 'hono'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'

/** Nobody reads more; what is longer is still another request by its digest. */
const LONGEST = 20_000

/**
 * What a request asks for, told so that the same is always the same text: a second person confirms this and nothing else.
 * What they must not see, they do not confirm either.
 */
export async function requestWords(context: Context): Promise<string> {
  const { pathname, search } = new URL(context.req.url)
  const asked = `${context.req.method} ${pathname}${search}`
  const text = await context.req.text()
  if (text === '') return asked
  const body = open(text)
  return body.length <= LONGEST ? `${asked}\n${body}` : `${asked}\n${digestOf(body)}`
}

/** Names of what goes in and never comes out. */
const SECRET = new Set(['content', 'key', 'password', 'credential', 'clientSecret'])

/** A body that has no one form, such as one with a number beyond all numbers, is still this one and no other. */
function open(text: string): string {
  try {
    const body: unknown = JSON.parse(text, (name, value) => (SECRET.has(name) ? '(not shown)' : value))
    return canonicalJson(body as Json)
  } catch {
    return digestOf(text)
  }
}
