/** A piece of source text in any of the languages that interpreters take on their command line. */
export interface Token {
  readonly kind: 'name' | 'string' | 'mark'
  /** Names with all their parts (`os.path.join`), strings without their quotes. */
  readonly text: string
  /** The quote of a string: a backtick runs a command in some languages. */
  readonly quote?: string
}

const MOST_TOKENS = 20_000

/** Cuts source text into names, strings and marks; comments are left out. Takes linear time, whatever the text. */
export function tokensOf(code: string, language: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < code.length && tokens.length < MOST_TOKENS) {
    const letter = code[at] ?? ''
    if (letter <= ' ') {
      at += 1
    } else if (letter === '"' || letter === "'" || letter === '`') {
      const { text, end } = stringAt(code, at, letter)
      tokens.push({ kind: 'string', text, quote: letter })
      at = end
    } else if (isComment(code, at, language)) {
      const end = code.indexOf('\n', at)
      at = end < 0 ? code.length : end
    } else if (startsName(letter)) {
      const end = nameEnd(code, at)
      const text = code.slice(at, end)
      const quoted =
        QUOTING.has(text) && (language === 'perl' || language === 'ruby') ? quotedBy(code, end) : undefined
      if (quoted) {
        tokens.push({ kind: 'string', text: quoted.text, quote: text === 'qx' ? '`' : '"' })
        at = quoted.end
      } else {
        tokens.push({ kind: 'name', text })
        at = end
      }
    } else {
      tokens.push({ kind: 'mark', text: letter })
      at += 1
    }
  }
  return tokens
}

const QUOTING = new Set(['q', 'qq', 'qx', '%q', '%x'])
const CLOSING: Readonly<Record<string, string>> = {
  '(': ')',
  '{': '}',
  '[': ']',
  '<': '>',
  '/': '/',
  '|': '|',
  '!': '!',
}

function quotedBy(code: string, from: number): { text: string; end: number } | undefined {
  const close = CLOSING[code[from] ?? '']
  if (close === undefined) return undefined
  const end = code.indexOf(close, from + 1)
  return end < 0 ? undefined : { text: code.slice(from + 1, end), end: end + 1 }
}

function stringAt(code: string, start: number, quote: string): { text: string; end: number } {
  const triple = code.startsWith(quote.repeat(3), start) && quote !== '`'
  const close = triple ? quote.repeat(3) : quote
  let text = ''
  let at = start + close.length
  while (at < code.length && !code.startsWith(close, at)) {
    if (code[at] === '\\' && at + 1 < code.length) {
      const { letter, length } = escapeAt(code, at)
      text += letter
      at += length
    } else {
      text += code[at]
      at += 1
    }
  }
  return { text, end: at + close.length }
}

function escapeAt(code: string, at: number): { letter: string; length: number } {
  const next = code[at + 1] ?? ''
  const hex = next === 'x' ? code.slice(at + 2, at + 4) : next === 'u' ? code.slice(at + 2, at + 6) : ''
  if (/^[0-9a-fA-F]{2,4}$/.test(hex))
    return { letter: String.fromCharCode(Number.parseInt(hex, 16)), length: 2 + hex.length }
  const octal = /^[0-7]{2,3}/.exec(code.slice(at + 1, at + 4))?.[0]
  if (octal !== undefined)
    return { letter: String.fromCharCode(Number.parseInt(octal, 8)), length: 1 + octal.length }
  return { letter: { n: '\n', t: '\t', r: '\r' }[next] ?? next, length: 2 }
}

function isComment(code: string, at: number, language: string): boolean {
  if (code[at] === '#') return language !== 'javascript' && (at === 0 || code[at - 1] === '\n')
  if (code.startsWith('//', at))
    return language === 'javascript' && code[at - 1] !== ':' && code.includes('\n', at)
  return code.startsWith('--', at) && language === 'lua' && code.includes('\n', at)
}

function startsName(letter: string): boolean {
  return /[A-Za-z_$@%]/.test(letter)
}

function nameEnd(code: string, start: number): number {
  let at = start + 1
  while (at < code.length && at - start < 256) {
    const letter = code[at] ?? ''
    if (/[A-Za-z0-9_$!?]/.test(letter)) at += 1
    else if ((letter === '.' || letter === ':' || letter === '-' || letter === '>') && joins(code, at))
      at += letter === '.' ? 1 : 2
    else break
  }
  return at
}

/** `.`, `::` and `->` join the parts of a name when one more part follows. */
function joins(code: string, at: number): boolean {
  const joint = code[at] === '.' ? '.' : code.slice(at, at + 2)
  if (joint !== '.' && joint !== '::' && joint !== '->') return false
  return /[A-Za-z_]/.test(code[at + joint.length] ?? '')
}
