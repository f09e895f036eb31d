import type { LanguageName } from './grammars.ts'

/**
 * The same program in letters that everybody reads alike: languages take other spellings of a name for the name itself, and parsers for
 * highlighting, as ours, do not. Undefined where what runs is not what anybody reads. Lines stay where they are; columns may not.
 */
export function plainlySpelled(language: LanguageName, text: string): string | undefined {
  switch (language) {
    case 'python':
      return isDisguised(text) || LONE_RETURN.test(text) ? undefined : inCompatibleLetters(text)
    case 'java':
      return LONE_RETURN.test(text) ? undefined : javaSpelled(withoutUnseen(text))
    case 'csharp':
      if (OTHER_LINE_ENDS.test(text)) return undefined
      return withoutUnseen(lettersSpelled(text)).replace(/@(?=[A-Za-z_])/g, ' ')
    case 'php':
      return functionsLowered(text)
    case 'javascript':
    case 'typescript':
    case 'tsx':
      return lettersSpelled(text)
    default:
      return text
  }
}

/** What ends a line, and with it a comment, for these languages, and for our parsers of them not. */
const LONE_RETURN = /\r(?!\n)/
const OTHER_LINE_ENDS = /[\u0085\u2028\u2029]/

/** PEP 263: a comment of the first two lines names the coding. */
const CODING = /^[ \t\f]*#[\s\S]*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)/
/** Those that keep ASCII what it is; in others (`utf-7`, `unicode_escape`) a comment can hold a program. */
const KEEPS_ASCII =
  /^(?:utf-?8(?:-.*)?|us-ascii|ascii|(?:iso-)?latin-?1(?:-.*)?|iso-?8859-\d{1,2}|(?:cp|windows-?)125\d|koi8-[ru])$/

function isDisguised(python: string): boolean {
  const codings = python.split(/\r\n|[\r\n]/, 2).flatMap((line) => CODING.exec(line)?.[1] ?? [])
  return codings.some((coding) => !KEEPS_ASCII.test(coding.toLowerCase().replaceAll('_', '-')))
}

/** Python reads names in their compatible form (NFKC): `ｅval` is `eval`. */
function inCompatibleLetters(text: string): string {
  return text.replace(/[\u0080-\u{10ffff}]/gu, (letter) => {
    const plain = letter.normalize('NFKC')
    return /^\w+$/.test(plain) ? plain : letter
  })
}

/** Java and C# take names for the same that differ in characters without a form. */
function withoutUnseen(text: string): string {
  return text.replace(/(?![\t\n\v\f\r])[\p{Cf}\p{Cc}]/gu, '')
}

const INCLUDES = ['include', 'include_once', 'require', 'require_once']

/** PHP does not tell `System` from `system`; methods, classes and what a file declares itself keep their letters. */
function functionsLowered(text: string): string {
  const own = new Set<string>()
  let before = ''
  for (const [word] of text.matchAll(/\w+/g)) {
    if (/^(?:function|new)$/i.test(before)) own.add(word)
    before = word
  }
  return text.replace(/\w+/g, (word, at: number) => {
    const lower = word.toLowerCase()
    if (lower === word || own.has(word) || '$>:'.includes(text[at - 1] ?? ' ')) return word
    const next = text.slice(at + word.length, at + word.length + 80).trimStart()
    return next.startsWith('(') || INCLUDES.includes(lower) ? lower : word
  })
}

/** A backslash and what it goes before, so that an escaped one begins nothing. */
const ESCAPES =
  /\\(?:u\{0{0,8}([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|[\s\S])/g

/** Letters and digits that are written as escapes mean the same in names and in texts; all else may not. */
function lettersSpelled(text: string): string {
  if (!/\\[uUx]/.test(text)) return text
  return text.replace(ESCAPES, (written: string, ...codes: (string | undefined)[]) => {
    const code = codes.slice(0, 4).find((each) => each !== undefined)
    const letter = code === undefined ? '' : charOf(code)
    return /^[\w$]$/.test(letter) ? letter : written
  })
}

const JAVA_ESCAPES = /\\(?:u+([0-9a-fA-F]{4})|[\s\S])/g

/** Java reads these before anything else, in comments as well: one that ends a line begins code where nobody reads any. */
function javaSpelled(text: string): string | undefined {
  if (!text.includes('\\u')) return text
  let endsLine = false
  const spelled = text.replace(JAVA_ESCAPES, (written: string, code: string | undefined) => {
    const character = code === undefined ? '' : charOf(code)
    endsLine ||= character === '\n' || character === '\r'
    return /^[\x20-\x7e]$/.test(character) ? character : written
  })
  return endsLine ? undefined : spelled
}

function charOf(code: string): string {
  const point = Number.parseInt(code, 16)
  return point < 0x80 ? String.fromCodePoint(point) : ''
}
