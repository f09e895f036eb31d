import type { Sighting } from './finding.ts'

const HEADER = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y
const SSH2_HEADER = /---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/y
const BODY = /[A-Za-z0-9+/=]{16}/g
const FOOTER = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const LONGEST_HEAD = 600
const LONGEST_KEY = 20_000

/** A private key in PEM, OpenSSH or PGP armour that begins at `start`, in whatever quoting. */
export function privateKeyAt(text: string, start: number): Sighting | undefined {
  const header = matchAt(HEADER, text, start) ?? matchAt(SSH2_HEADER, text, start)
  if (header === undefined) return undefined
  const begun = start + header.length
  const body = searchFrom(BODY, text, begun, LONGEST_HEAD)
  if (body === undefined || /^(.)\1+$/.test(body.found)) return undefined
  const footer = footerAfter(text, begun)
  if (footer !== undefined && footer.at < body.at + body.found.length) return undefined
  return {
    rule: 'secret.private-key',
    class: 'private-key',
    reason: 'It is a private key.',
    start,
    end: footer === undefined ? body.at + body.found.length : footer.at + footer.found.length,
    confidence: 'high',
    publicPrefix: header.length,
  }
}

/** Far to look, for each of many headers: the expression is asked only where it can be there. */
function footerAfter(text: string, begun: number): { at: number; found: string } | undefined {
  const first = text.slice(begun, begun + LONGEST_KEY).indexOf('-----END ')
  return first === -1 ? undefined : searchFrom(FOOTER, text, begun + first, LONGEST_KEY - first)
}

const PUTTY = /PuTTY-User-Key-File-[123]: [^\n]{1,80}\r?\n/y
const PUTTY_BODY = /Private-Lines: \d{1,3}\r?\n[A-Za-z0-9+/=\r\n]{40,4000}/g

/** A private key as PuTTY keeps it. */
export function puttyKeyAt(text: string, start: number): Sighting | undefined {
  const header = matchAt(PUTTY, text, start)
  const body = header === undefined ? undefined : searchFrom(PUTTY_BODY, text, start, LONGEST_KEY)
  if (body === undefined) return undefined
  return {
    rule: 'secret.private-key',
    class: 'private-key',
    reason: 'It is a private key of PuTTY.',
    start,
    end: body.at + body.found.length,
    confidence: 'high',
  }
}

/** The private key of a manifest or a kubeconfig: PEM once more in base64. */
export function encodedKeyAt(text: string, start: number, end: number): Sighting | undefined {
  const head = Buffer.from(text.slice(start, Math.min(end, start + 60)), 'base64').toString('latin1')
  if (!/^-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(head)) return undefined
  return {
    rule: 'secret.private-key',
    class: 'private-key',
    reason: 'It is a private key in base64.',
    start,
    end,
    confidence: 'high',
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function searchFrom(
  pattern: RegExp,
  text: string,
  from: number,
  length: number,
): { at: number; found: string } | undefined {
  const part = text.slice(from, from + length)
  pattern.lastIndex = 0
  const match = pattern.exec(part)
  return match === null ? undefined : { at: from + match.index, found: match[0] }
}
