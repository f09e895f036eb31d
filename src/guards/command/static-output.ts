import type { Invocation } from './reading.ts'

const LONGEST = 16 * 1024

/** What the last of these programs would print, each reading the output of the one before; undefined when that cannot be told. */
export function staticOutput(pipeline: readonly Invocation[]): string | undefined {
  let text: string | undefined
  for (const [index, invocation] of pipeline.entries()) {
    if (invocation.redirects.some(({ operator }) => operator !== '<<<')) return undefined
    const input = index === 0 ? undefined : text
    text = printed(invocation, inputOf(invocation) ?? input)
    if (text === undefined || text.length > LONGEST) return undefined
  }
  return text
}

/** True for a program that only turns an encoded or scrambled text back into the plain one. */
export function decodes({ name, args }: Invocation): boolean {
  const words = args.map(({ text }) => text)
  switch (name) {
    case 'base64':
    case 'base32':
    case 'basenc':
      return words.some((word) => word === '--decode' || word === '-D' || /^-[a-z]*d/.test(word))
    case 'xxd':
      return words.some((word) => /^-[a-z]*r/.test(word))
    case 'openssl':
      return (
        (words[0] === 'enc' || words[0] === 'base64' || words[0]?.startsWith('aes-') === true) &&
        words.includes('-d')
      )
    case 'gpg':
      return words.some((word) => word === '-d' || word === '--decrypt')
    case 'gzip':
    case 'bzip2':
    case 'xz':
    case 'zstd':
      return words.some((word) => /^-[a-z]*d/.test(word) || word === '--decompress')
    default:
      return DECODERS.has(name)
  }
}

const DECODERS = new Set(
  'rev tr uudecode gunzip zcat bunzip2 bzcat unxz xzcat zstdcat atob rot13 tac'.split(' '),
)

function inputOf({ input }: Invocation): string | undefined {
  const last = input.at(-1)
  return last && !last.opaque ? `${last.text}\n` : undefined
}

function printed(invocation: Invocation, input: string | undefined): string | undefined {
  const { name, args } = invocation
  if (args.some(({ opaque }) => opaque)) return undefined
  const words = args.map(({ text }) => text)
  switch (name) {
    case 'echo':
      return echoed(words)
    case 'printf':
      return words[0] === '--' ? formatted(words.slice(1)) : formatted(words)
    case 'cat':
    case 'tee':
      return words.every((word) => word.startsWith('-')) ? input : undefined
    case 'rev':
      return input?.split('\n').map(reversed).join('\n')
    case 'tr':
      return input === undefined ? undefined : translated(input, words)
    case 'base64':
    case 'xxd':
    case 'openssl':
      return input !== undefined && decodes(invocation) ? decodedBy(name, words, input) : undefined
    default:
      return undefined
  }
}

function echoed(words: readonly string[]): string {
  let from = 0
  let escapes = false
  let line = '\n'
  for (; /^-[neE]+$/.test(words[from] ?? ''); from++) {
    if (words[from]?.includes('e')) escapes = true
    if (words[from]?.includes('n')) line = ''
  }
  const text = words.slice(from).join(' ')
  return (escapes ? unescaped(text) : text) + line
}

function formatted([format = '', ...values]: readonly string[]): string {
  let rest = values
  let out = ''
  do {
    let used = 0
    out += unescaped(format).replace(/%(?:%|[-0-9.]{0,8}([a-z]))/g, (whole, kind: string | undefined) => {
      if (whole === '%%') return '%'
      const value = rest[used++] ?? ''
      return kind === 'b' ? unescaped(value) : value
    })
    rest = used === 0 ? [] : rest.slice(used)
  } while (rest.length > 0 && out.length < LONGEST)
  return out
}

function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|u([0-9a-fA-F]{1,4})|([nrt\\]))/g,
    (_, hex?: string, octal?: string, unicode?: string, letter?: string) => {
      if (letter !== undefined) return { n: '\n', r: '\r', t: '\t' }[letter] ?? letter
      return String.fromCharCode(
        Number.parseInt(hex ?? unicode ?? octal ?? '0', octal === undefined ? 16 : 8),
      )
    },
  )
}

function reversed(line: string): string {
  return [...line].reverse().join('')
}

function translated(input: string, words: readonly string[]): string | undefined {
  const sets = words.filter((word) => !word.startsWith('-')).map(members)
  const [from, to] = sets
  if (from === undefined) return undefined
  if (words.includes('-d')) return [...input].filter((letter) => !from.includes(letter)).join('')
  if (to === undefined) return undefined
  return [...input]
    .map((letter) => {
      const at = from.indexOf(letter)
      return at < 0 ? letter : (to[Math.min(at, to.length - 1)] ?? letter)
    })
    .join('')
}

/** `a-z` and `n-za-m` written out. */
function members(set: string): string[] {
  const letters = [...set]
  const all: string[] = []
  for (let index = 0; index < letters.length && all.length < 512; index++) {
    const [start = '', dash, end] = letters.slice(index, index + 3)
    if (dash !== '-' || end === undefined) {
      all.push(start)
      continue
    }
    for (let code = start.charCodeAt(0); code <= end.charCodeAt(0) && all.length < 512; code++)
      all.push(String.fromCharCode(code))
    index += 2
  }
  return all
}

function decodedBy(name: string, words: readonly string[], input: string): string | undefined {
  if (name === 'xxd')
    return words.some((word) => word.includes('p'))
      ? Buffer.from(input.replace(/\s/g, ''), 'hex').toString()
      : undefined
  if (name === 'openssl' && !words.some((word) => word === 'base64' || word === '-base64' || word === '-a'))
    return undefined
  return Buffer.from(input, 'base64').toString()
}
