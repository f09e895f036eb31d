import { parseAuthority } from './authority.ts'

/** The address in a plain HTTP request to a proxy (RFC 9112 section 3.2.2), in its one canonical spelling. */
export type PlainTarget =
  | {
      readonly kind: 'plain'
      readonly host: string
      readonly port: number
      /** As it goes on, with its query. */
      readonly path: string
      /** The path without its query, as it came and in each way a server may read it. */
      readonly readings: readonly (readonly string[])[]
    }
  | { readonly kind: 'address' }
  | { readonly kind: 'malformed' }

const MALFORMED: PlainTarget = { kind: 'malformed' }
const LONGEST = 4_096

/**
 * Reads `http://host[:port]/path?query` strictly. What one server takes for another path than the next (dots, empty
 * parts, backslashes, things encoded twice) is malformed: a bound on paths must mean the same to everyone.
 */
export function parsePlainTarget(text: string): PlainTarget {
  if (text.length > LONGEST) return MALFORMED
  const [whole, authority = '', path = '/'] = /^http:\/\/([^/?#]+)(\/[\x21-\x7e]*)?$/.exec(text) ?? []
  if (whole === undefined || /[#\\]/.test(path)) return MALFORMED
  const named = parseAuthority(/:\d+$|\]$/.test(authority) ? withPort(authority) : `${authority}:80`)
  if (named.kind !== 'name') return named
  const [plain = '/'] = path.split('?')
  const decoded = decodedPath(plain)
  if (decoded === undefined) return MALFORMED
  const readings = [plain, decoded, decoded.normalize('NFKC')].map(partsOf)
  if (!readings.every((parts) => parts.every(isPlainPart))) return MALFORMED
  return { kind: 'plain', host: named.host, port: named.port, path, readings }
}

/** Without the last one of a directory, which is empty. */
function partsOf(path: string): readonly string[] {
  const parts = path.slice(1).split('/')
  return parts.at(-1) === '' ? parts.slice(0, -1) : parts
}

/**
 * Some servers cut a part at its first semicolon before they look at it: `..;a` is `..` to them. Others drop the spaces and
 * dots at its end.
 */
function isPlainPart(part: string): boolean {
  return !/^[\s.]*$/u.test(part.split(';')[0] ?? '')
}

function decodedPath(path: string): string | undefined {
  try {
    const decoded = decodeURIComponent(path)
    // A wide backslash or percent sign is a plain one to whoever folds compatible letters.
    return /[\p{Cc}\\]|%[0-9a-f]{2}/iu.test(decoded + decoded.normalize('NFKC')) ? undefined : decoded
  } catch {
    return undefined
  }
}

function withPort(authority: string): string {
  return authority.endsWith(']') ? `${authority}:80` : authority
}
