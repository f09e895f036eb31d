import type { Span } from '../verdict.ts'
import type { Code, Language } from './code.ts'
import { type Token, tokensOf } from './tokens.ts'
import {
  DECODERS,
  DELETERS,
  DOWNLOADERS,
  EVALUATORS,
  EXEC_STARTS,
  RUNNERS,
  SENDERS,
  SOCKETS,
} from './vocabulary.ts'

const LONGEST = 64 * 1024
const MOST_COMMANDS = 50

/** Looks at the words of inline code, without running or fully parsing it; decodes what is encoded, once. */
export function analyse(interpreter: string, text: string, span: Span | undefined): Code {
  const language = languageOf(interpreter)
  const outer = tokensOf(text.slice(0, LONGEST), language)
  const literal = outer.flatMap((token, index) => literalProgram(outer, token, index))
  const hidden = outer.flatMap((token) => (token.kind === 'string' ? decodedText(token.text) : []))
  const tokens = joined([...outer, ...[...literal, ...hidden].flatMap((inner) => tokensOf(inner, language))])
  const names = new Set(tokens.flatMap(({ kind, text: name }) => (kind === 'name' ? partsOf(name) : [])))
  const strings = tokens.flatMap(({ kind, text: string }) => (kind === 'string' ? [string] : []))
  const runs = runners(tokens, language)
  const some = (words: ReadonlySet<string>) => words.values().some((word) => names.has(word))
  return {
    interpreter,
    language,
    text,
    strings: [...strings, ...hidden],
    names,
    commands: runs.commands,
    deletes: deletions(tokens),
    writes: written(tokens),
    startsPrograms: runs.some,
    opensSockets:
      some(SOCKETS) ||
      strings.some(isInet) ||
      (language === 'javascript' && strings.some((string) => /^(node:)?(net|tls|dgram)$/.test(string))),
    downloads:
      strings.some((string) => /^(https?|ftp):\/\//.test(string)) && (some(DOWNLOADERS) || names.has('open')),
    sends: some(SENDERS),
    evaluates: evaluates(tokens, language),
    decodes: some(DECODERS) || hidden.length > 0,
    spliced: spliced(outer),
    span,
  }
}

export function languageOf(interpreter: string): Language {
  if (/^(python|pypy|jython|ipython|gdb|vim)/.test(interpreter)) return 'python'
  if (interpreter.startsWith('perl')) return 'perl'
  if (/^(ruby|irb|jruby|pry)/.test(interpreter)) return 'ruby'
  if (interpreter.startsWith('php')) return 'php'
  if (/^(node|nodejs|bun|deno|tsx|ts-node|jrunscript|jjs|mongo|mongosh)$/.test(interpreter))
    return 'javascript'
  if (/^(lua|luajit|texlua|nmap|rpm)/.test(interpreter)) return 'lua'
  if (interpreter === 'awk') return 'awk'
  return /^(pwsh|powershell)/.test(interpreter) ? 'powershell' : 'other'
}

function isInet(text: string): boolean {
  return /^\/inet6?\/(tcp|udp)\//.test(text)
}

function partsOf(name: string): string[] {
  const parts = name.split(/\.|::|->/)
  return parts.length > 1 ? [...parts, name] : parts
}

function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf('.'), name.lastIndexOf(':'), name.lastIndexOf('>')) + 1)
}

/** `'sys' + 'tem'` and `"sys" . "tem"` become one string. */
function joined(tokens: readonly Token[]): Token[] {
  const all: Token[] = []
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]
    const joint = tokens[index - 1]
    const before = all.at(-2)
    if (
      token?.kind === 'string' &&
      joint?.kind === 'mark' &&
      /^[+.]$/.test(joint.text) &&
      before?.kind === 'string'
    ) {
      all.splice(-2, 2, { ...before, text: before.text + token.text })
    } else if (token) all.push(token)
  }
  return all
}

function spliced(tokens: readonly Token[]): boolean {
  return tokens.some((token, index) => {
    const [joint, next] = [tokens[index + 1], tokens[index + 2]]
    if (token.kind !== 'string' || joint?.kind !== 'mark' || next?.kind !== 'string') return false
    if (!/^[+.]$/.test(joint.text) || !/^\w+$/.test(token.text + next.text)) return false
    const whole = token.text + next.text
    return (
      RUNNERS.has(whole) ||
      EVALUATORS.has(whole) ||
      /^(os|subprocess|child_process|socket|assert)$/.test(whole)
    )
  })
}

/** Base64 or hexadecimal that turns into plain text. */
function decodedText(text: string): string[] {
  if (text.length < 8 || text.length > LONGEST) return []
  const isHex = text.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(text)
  if (!isHex && !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return []
  const plain = Buffer.from(text, isHex ? 'hex' : 'base64').toString()
  // Ordinary words are base64 by their letters, but do not decode to text.
  return /^[\t\n\r -~]+$/.test(plain) && plain.length >= 6 ? [plain] : []
}

/** Everything that is started, as texts a shell would read. */
function runners(tokens: readonly Token[], language: Language): { commands: string[]; some: boolean } {
  const commands: string[] = []
  let some = false
  for (const [index, token] of tokens.entries()) {
    if (commands.length >= MOST_COMMANDS) break
    if (token.kind === 'string') {
      if (token.quote === '`' && /^(perl|ruby|php|other)$/.test(language)) {
        some = true
        commands.push(token.text)
      } else if (language === 'awk' && besidePipe(tokens, index)) {
        some = true
        commands.push(token.text)
      }
      continue
    }
    if (token.kind !== 'name' || !starts(lastPart(token.text), language)) continue
    if (language === 'javascript' && lastPart(token.text) === 'exec' && tokens[index - 1]?.text === '/')
      continue
    some = true
    const words = wordsAfter(tokens, index)
    if (words.length > 0) commands.push(lineOf(words, /^exec[lv]/.test(lastPart(token.text))))
  }
  return { commands, some }
}

function starts(name: string, language: Language): boolean {
  return RUNNERS.has(name) || (name === 'exec' && EXEC_STARTS.has(language))
}

function besidePipe(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]?.text
  return (
    before === '|' ||
    (before === '&' && tokens[index - 2]?.text === '|') ||
    (tokens[index + 1]?.text === '|' &&
      tokens.slice(index + 2, index + 4).some(({ text }) => text === 'getline'))
  )
}

/** The strings among the arguments of a call, up to its end: `run(["rm", "-rf", "/"])`. */
function wordsAfter(tokens: readonly Token[], index: number): string[] {
  const words: string[] = []
  let depth = 0
  for (const token of tokens.slice(index + 1, index + 40)) {
    if (token.kind === 'string') words.push(token.text)
    else if (token.text === '{' && words.length > 0) break
    else if (/^[([{]$/.test(token.text)) depth += 1
    else if (/^[)\]}]$/.test(token.text)) {
      depth -= 1
      if (depth <= 0) break
    } else if (depth === 0 && (token.text === ';' || token.kind === 'name')) break
  }
  return words
}

/** One text is a line for a shell; several are the words of one command, the second being its own name for `execl`. */
function lineOf(words: readonly string[], repeatsName: boolean): string {
  const [first = '', ...rest] = words
  if (rest.length === 0 || /\s/.test(first)) return first
  return [first, ...(repeatsName ? rest.slice(1) : rest)].map(quoted).join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function deletions(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, index) => {
    const name = token.kind === 'name' ? lastPart(token.text) : ''
    const unlinksMany = name === 'unlink' && tokens[index + 1]?.text === 'glob'
    if (!DELETERS.has(name) && !unlinksMany) return []
    const rest = tokens.slice(index + 1, index + 12)
    const homes = rest.some(({ text }) => /(^|\.)(homedir|home|expanduser)$/.test(text))
    return [...wordsAfter(tokens, unlinksMany ? index + 1 : index).slice(0, 1), ...(homes ? ['~'] : [])]
  })
}

/** `open('x', 'a')`, `writeFileSync('x', …)`, `Path('x').write_text(…)`. */
function written(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'name') return []
    const name = lastPart(token.text)
    const words =
      /^(open|writeFileSync|writeFile|appendFileSync|appendFile|file_put_contents|write|Path)$/.test(name)
        ? wordsAfter(tokens, index)
        : []
    const [path, mode] = words
    if (path === undefined) return []
    if (name === 'open') return mode !== undefined && /^[wa+>]/.test(mode) ? [path] : []
    if (name === 'Path')
      return tokens.slice(index, index + 8).some(({ text }) => /write_(text|bytes)$/.test(text)) ? [path] : []
    return name === 'write' ? [] : [path]
  })
}

/** `exec("""import socket…""")`: a program in a string, run where it stands. */
function literalProgram(tokens: readonly Token[], token: Token, index: number): string[] {
  if (token.kind !== 'name' || !EVALUATORS.has(lastPart(token.text))) return []
  const [open, program] = tokens.slice(index + 1, index + 3)
  return open?.text === '(' && program?.kind === 'string' ? [program.text] : []
}

/** A call that runs a text as code, unless the text is written right there. */
function evaluates(tokens: readonly Token[], language: Language): boolean {
  return tokens.some((token, index) => {
    if (token.kind !== 'name') return false
    const name = lastPart(token.text)
    if (!EVALUATORS.has(name)) return false
    if (name === 'exec' && language !== 'python' && language !== 'powershell') return false
    if ((name === 'compile' || name === 'load' || name === 'assert') && language === 'python') return false
    if (token.text !== name && !/^(vm|builtins|__builtins__)\b/.test(token.text) && name !== 'DownloadString')
      return false
    const [open, first, after] = tokens.slice(index + 1, index + 4)
    if (open?.kind === 'string') return false
    return !(open?.text === '(' && first?.kind === 'string' && (after?.text === ')' || after?.text === ','))
  })
}
