import canonicalize from 'canonicalize'

/** What canonical JSON can hold: no undefined, no NaN, no bigint. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** The one text for a value: RFC 8785 (JCS). Throws for a value that has no JSON form. */
export function canonicalJson(value: Json): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('value has no canonical JSON form')
  return text
}

/** Parses text and refuses it (undefined) unless it is exactly the canonical form of what it says. */
export function parseCanonicalJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    return canonicalJson(value) === text ? value : undefined
  } catch {
    return undefined
  }
}
