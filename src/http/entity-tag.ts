import { createHash } from 'node:crypto'

/** A strong entity tag (RFC 9110, 8.8.3) of what is answered as JSON: the same answer has the same one. */
export function entityTag(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 27)}"`
}

/** Does an `If-Match` or `If-None-Match` name this tag? `*` names any. */
export function isNamed(header: string, tag: string): boolean {
  return header.split(',').some((each) => ['*', tag, `W/${tag}`].includes(each.trim()))
}
