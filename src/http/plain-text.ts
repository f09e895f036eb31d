import type { Failure } from '#kernel/failure.ts'

/**
 * Refuses text that has no one form: half a surrogate pair has no UTF-8, so nothing could sign it, and the database holds no
 * NUL. Walks what a route has parsed, so that no use case meets either.
 */
export function checkPlainText(parts: Readonly<Record<string, unknown>>): Failure | undefined {
  const open: (readonly [path: string, value: unknown])[] = Object.entries(parts)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next
    if (typeof value === 'string' && !isPlain(value)) return notPlain(path)
    if (typeof value === 'string' && NAME.test(path) && UNSEEN.test(value)) return unseen(path)
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) open.push([`${path}.${key}`, inner])
  }
  return undefined
}

/** What lists, mails and log lines show beside other words. */
const NAME = /\.(name|email)$/
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

/** A name that breaks a line, turns its direction or looks like another one names nobody. */
function unseen(path: string): Failure {
  return {
    code: 'invalid_input',
    message: `\`${path.replace(/^[^.]*\./, '')}\` has characters in it that nobody sees.`,
    rule: 'request.name',
    remedy: 'Send it without control characters, line ends and invisible letters.',
  }
}

function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function notPlain(path: string): Failure {
  return {
    code: 'invalid_input',
    message: `\`${path.replace(/^[^.]*\./, '')}\` has a NUL or half a surrogate pair in it.`,
    rule: 'request.text',
    remedy: 'Send Unicode text without NUL.',
  }
}
