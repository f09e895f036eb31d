import type { Sighting } from './finding.ts'
import { mayBeSecret } from './glance.ts'
import { isPlaceholder } from './placeholder.ts'
import { entropy, isHex, isUuid, isWordy, looksRandom } from './randomness.ts'
import { mayPromise, type NamePromise, readName } from './secret-name.ts'

const LONGEST_VALUE = 1_024
const LONGEST_GAP = 60

/** A value as it stands: between quotes, or bare to where a bare word would end. */
interface Value {
  readonly text: string
  readonly start: number
  readonly quoted: boolean
  /** The bare value is all that stands on its line behind a name: a file of settings, not a program. */
  readonly setting: boolean
}

/** A value given to a name that promises a secret, behind `= : , ( >`. */
export function assignmentAt(
  text: string,
  operator: number,
  nameStart: number,
  nameEnd: number,
  strict: boolean,
): Sighting | undefined {
  if (!mayPromise(text, nameStart, nameEnd) || !mayBeSecret(text, operator)) return undefined
  const name = nameBefore(text, operator, nameStart, nameEnd)
  if (name === undefined) return undefined
  const { promise, maker } = readName(name)
  if (promise === undefined && !maker) return undefined
  const value = valueAfter(text, operator, nameStart, nameEnd)
  if (value === undefined) return undefined
  const inHeader = !value.quoted && HEADER_ARGUMENT.test(text.slice(Math.max(0, nameStart - 16), nameStart))
  return inHeader
    ? judged(name, promise === 'token' ? 'secret' : promise, { ...value, setting: true }, strict)
    : judged(name, promise, value, strict)
}

/** A value that follows a name after a blank: `--password value`, `login x password y`, `IDENTIFIED BY 'x'`. */
export function spacedValueAt(text: string, nameStart: number, nameEnd: number): Sighting | undefined {
  if (!mayTakeSpaced(text, nameStart, nameEnd)) return undefined
  const name = text.slice(nameStart, nameEnd)
  const isOption = name.startsWith('--')
  const near = text.slice(Math.max(0, nameStart - 200), nameStart)
  const before = near.slice(near.lastIndexOf('\n') + 1)
  const quote = text.charCodeAt(nameEnd + 1)
  const isQuoted = quote === 39 || quote === 34
  const isSql =
    isQuoted &&
    /^(?:password|by|passwd)$/i.test(name) &&
    /\b(?:user|role|login|identified|alter|create|with)\b/i.test(before)
  const isNetrc = name === 'password' && NETRC.test(near.slice(-140))
  const isDocker = /^\s*(?:ENV|ARG)\s+$/i.test(before)
  const isGroovy = isQuoted && /^\s*$/.test(before) && /^password$|[a-z]Password$/.test(name)
  const isRedis = /^(?:requirepass|masterauth)$/.test(name) && /^\s*$/.test(before)
  if (!isOption && !isSql && !isNetrc && !isDocker && !isGroovy && !isRedis) return undefined
  const promise = isSql || isRedis ? 'password' : readName(isOption ? name.slice(2) : name).promise
  if (promise === undefined) return undefined
  const value = isQuoted ? quotedValue(text, nameEnd + 1) : bareValue(text, nameEnd + 1, true)
  return value === undefined ? undefined : judged(name, promise, { ...value, setting: true }, false)
}

/** Whether a blank may part this name from its value: by its first letter, by a quote behind it or by `ENV` before it. */
function mayTakeSpaced(text: string, nameStart: number, nameEnd: number): boolean {
  const behind = text.charCodeAt(nameEnd + 1)
  if (behind === 39 || behind === 34) return true
  const first = text.charCodeAt(nameStart)
  if (first === 45) return text.charCodeAt(nameStart + 1) === 45
  if (first === 112) return text.startsWith('password', nameStart)
  if (first === 114) return text.startsWith('requirepass', nameStart)
  if (first === 109) return text.startsWith('masterauth', nameStart)
  if (text.charCodeAt(nameStart - 1) !== 32) return false
  const last = text.charCodeAt(nameStart - 2) | 32
  return (last === 118 || last === 103) && /^(?:env|arg)$/i.test(text.slice(nameStart - 4, nameStart - 1))
}

const NAMES_A_FIELD = /name|key|id|variable|field/i
const NETRC = /\b(?:login|machine|account)\s{1,8}[^\s]{1,80}\s{1,8}$/
const HEADER_ARGUMENT = /(?:-H|--header)[ =]{1,4}["']$/
const TYPES = /^(?:string|str|String|char|text|bytes|Option|Optional|var|val|let|const|final)$/
const NAME_OF_VALUE = /^(?:value|content|val|default|defaultValue|string|data|text)$/i

function nameBefore(text: string, operator: number, start: number, end: number): string | undefined {
  const character = text[operator]
  const gap = text.slice(end, operator)
  if (!/^\\?["'`]?[\])]?[ \t?!|]{0,3}$|^; \} $/.test(gap)) return undefined
  const name = text.slice(start, end)
  if (character === ',' && !/["']/.test(gap)) return undefined
  if (character === '(' && gap !== '') return undefined
  if (character === ':' && text[start - 1] === ':') return undefined
  if (name === 'set') return gap.includes('}') ? propertyName(text, start) : undefined
  if (NAME_OF_VALUE.test(name)) {
    const paired = nameOfPair(text, start)
    if (paired !== undefined || character === '>') return paired
  }
  if (TYPES.test(name)) return typedName(text, start)
  return name
}

/** In `Password { get; set; } = …` the name stands before the brace. */
function propertyName(text: string, start: number): string | undefined {
  const from = Math.max(0, start - 200)
  const brace = text.slice(from, start).lastIndexOf('{')
  return brace === -1 ? undefined : wordBefore(text, from + brace)
}

/** In `password: string = …` and `api_key: &str = …` the name stands before the type. */
function typedName(text: string, type: number): string | undefined {
  let at = type
  while (at > 0 && type - at < 6 && /[\s&*]/.test(text.charAt(at - 1))) at -= 1
  return text[at - 1] === ':' ? wordBefore(text, at - 1) : undefined
}

/** The word that ends before a place, blanks and closing marks aside. */
function wordBefore(text: string, place: number): string {
  let end = place
  while (end > 0 && place - end < 8 && /[\s"'?!]/.test(text.charAt(end - 1))) end -= 1
  let from = end
  while (from > 0 && end - from < 60 && /[\w-]/.test(text.charAt(from - 1))) from -= 1
  return text.slice(from, end)
}

/** In `{name: DB_PASSWORD, value: …}` and `<key>Password</key><string>…`, the name is the value of its own field. */
function nameOfPair(text: string, start: number): string | undefined {
  const before = text.slice(Math.max(0, start - 160), start)
  if (!NAMES_A_FIELD.test(before)) return undefined
  return /(?:\b(?:name|key|id|variable|field)["']?\s*[=:>]\s*["']?|<key>|\bvariable\s+["'])([\w.-]{2,60})["']?(?:<\/key>)?[\s,;/><{-]*["']?$/i.exec(
    before,
  )?.[1]
}

function valueAfter(text: string, operator: number, nameStart: number, nameEnd: number): Value | undefined {
  const character = text[operator]
  let at = operator + 1
  if (character === '=' || character === ':')
    while (/[=:>~]/.test(text[at] ?? '') && at - operator < 3) at += 1
  const tight = at
  while (at - tight < LONGEST_GAP && (text[at] === ' ' || text[at] === '\t')) at += 1
  if (text[at] === '\\' && /["']/.test(text[at + 1] ?? '')) at += 1
  const wrapper =
    /^(?:[bruf@L]{1,2}(?=["'])|(?:\[\]byte|Buffer\.from|new Buffer|SecureString|bytes|String|Secret|Some|SecretStr|new String)\()/.exec(
      text.slice(at, at + 14),
    )?.[0]
  if (wrapper !== undefined) at += wrapper.length
  const next = text[at]
  if (next === '"' || next === "'" || next === '`') return quotedValue(text, at)
  if (character === ',' || character === '(') return undefined
  if (character === '>') return elementValue(text, at, nameStart)
  const bare = bareValue(text, at, isSettingLine(text, nameStart, nameEnd), character === '=' && at === tight)
  const likeShell =
    text.startsWith('--', nameStart) ||
    (at === tight && /^[A-Z][A-Z0-9_]{3,}$/.test(text.slice(nameStart, nameEnd)))
  return bare !== undefined && likeShell ? { ...bare, setting: true } : bare
}

const ELEMENT_HEAD = /<[\w-]+:$|<[\w:-]{1,40}\s[^<>]{0,80}\b(?:name|key|id)=["'][\w.-]{0,80}$/

/** `<password>value</password>`; any other `>` is a comparison or an arrow. */
function elementValue(text: string, at: number, nameStart: number): Value | undefined {
  const before = text.slice(Math.max(0, nameStart - 140), nameStart)
  if (!before.endsWith('<') && !ELEMENT_HEAD.test(before)) return undefined
  const length = text.slice(at, at + LONGEST_VALUE + 1).indexOf('<')
  const end = at + length
  if (length === -1 || text[end + 1] !== '/') return undefined
  const value = text.slice(at, end).trim()
  return value === ''
    ? undefined
    : { text: value, start: at + text.slice(at, end).indexOf(value), quoted: true, setting: false }
}

function quotedValue(text: string, at: number): Value | undefined {
  const quote = text[at] ?? '"'
  const limit = Math.min(text.length, at + LONGEST_VALUE)
  let end = at + 1
  while (end < limit && text[end] !== quote && text[end] !== '\n') end += 1
  if (text[end] !== quote) return undefined
  if (text[end - 1] === '\\') end -= 1
  return { text: text.slice(at + 1, end), start: at + 1, quoted: true, setting: false }
}

function bareValue(text: string, at: number, setting: boolean, tight = false): Value | undefined {
  const limit = Math.min(text.length, at + LONGEST_VALUE)
  let end = at
  while (end < limit && !/[\s"'`<>]/.test(text[end] ?? '')) end += 1
  let value = text.slice(at, end)
  const rest = text.slice(end, end + 40).split('\n', 1)[0] ?? ''
  const alone = setting && /^\s*(?:#.*)?$/.test(rest)
  if (!alone) value = value.replace(/[,;)\]}&|].*$/s, '')
  else value = value.replace(/[,;]$/, '')
  value = withoutEscapes(value)
  if (value === '') return undefined
  return { text: value, start: at, quoted: false, setting: alone || (tight && isParameter(text, at)) }
}

/** An escaped line break ends a value, and a backslash at its end is not part of it. */
function withoutEscapes(value: string): string {
  const cut = value.search(/\\[nrt]/)
  let end = cut === -1 ? value.length : cut
  while (value[end - 1] === '\\') end -= 1
  return value.slice(0, end)
}

const LINE_HEAD =
  /^[+\s]*(?:export\s+|set\s+|setx\s+|declare\s+-x\s+|-\s+|ENV\s+|ARG\s+|\$env:|-e\s+|--?env\s+|\$|--?)?["']?[\w.-]{0,60}$/i

/** Whether a name is the first thing of its line, as in files of settings. */
function isSettingLine(text: string, nameStart: number, nameEnd: number): boolean {
  const from = Math.max(0, nameEnd - 121)
  const near = text.slice(from, nameStart)
  const newline = near.lastIndexOf('\n')
  if (newline === -1 && from > 0) return false
  return LINE_HEAD.test(near.slice(newline + 1))
}

/** Connection strings and addresses: `…;Password=value;…`, `?token=value&…`. */
function isParameter(text: string, at: number): boolean {
  return /[;?&][\w .-]{0,40}=$/.test(text.slice(Math.max(0, at - 44), at))
}

function judged(
  name: string,
  promise: NamePromise | undefined,
  value: Value,
  strict: boolean,
): Sighting | undefined {
  const text = value.text.trim()
  if (text.length < 4 || text.length > LONGEST_VALUE || isWordyName(name, text)) return undefined
  const sure =
    isKeyboardNoise(promise, text, value) ||
    (!isPlaceholder(text) &&
      (/\s/.test(text) ? isMailPassword(promise, text) : looksLikeSecret(promise, text, value, strict)))
  if (!sure) return undefined
  return {
    rule: promise === undefined ? 'secret.service-key' : `secret.assigned-${promise}`,
    class: promise === 'password' ? 'password' : 'generic-secret',
    reason: `A value that looks like a secret is given to ${name.slice(0, 60)}.`,
    start: value.start + value.text.indexOf(text),
    end: value.start + value.text.indexOf(text) + text.length,
    confidence: 'medium',
  }
}

/** Fifty characters of every kind, as frameworks make for `SECRET_KEY`; they may hold what a template would. */
function isKeyboardNoise(promise: NamePromise | undefined, text: string, { quoted }: Value): boolean {
  if (
    promise === undefined ||
    !quoted ||
    text.length < 32 ||
    text.length > 128 ||
    /\s\s|\$\{|\{\{|=>/.test(text) ||
    text.split(' ').length > 4
  )
    return false
  const marks = text.match(/[^A-Za-z0-9]/g)?.length ?? 0
  return marks >= 4 && /[a-z]/.test(text) && /[0-9]/.test(text) && entropy(text) >= 4.2 && !isWordy(text)
}

/** Sixteen letters in groups of four, as mail services give to programs. */
function isMailPassword(promise: NamePromise | undefined, text: string): boolean {
  return promise === 'password' && /^[a-z]{4}(?: [a-z]{4}){3}$/.test(text) && !isWordy(text)
}

/** `password: passwordField`: a value that only repeats its name is another name. */
function isWordyName(name: string, value: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  return plain(value) === plain(name)
}

function looksLikeSecret(
  promise: NamePromise | undefined,
  text: string,
  value: Value,
  strict: boolean,
): boolean {
  if (
    !value.quoted &&
    !value.setting &&
    isIdentifier(text) &&
    !looksRandom(text, 16) &&
    !isDrawn(promise, text)
  )
    return false
  if (
    /[(){}[\]<>|`\\]|=>|&&|\/\//.test(text) &&
    !(promise === 'password' && (value.quoted || value.setting) && !/[({<[`]/.test(text))
  )
    return false
  if (promise === undefined)
    return text.length >= 20 && !isUuid(text) && looksRandom(text, 20) && !/[./:]/.test(text)
  if (promise === 'token') return tokenLike(text, value)
  if (promise === 'secret')
    return strict ? tokenLike(text, value) || (looksRandom(text, 16) && !isHexHash(text)) : secretLike(text)
  return strict ? looksRandom(text, 8) : passwordLike(text, value)
}

/** A bare word that no program would call a variable. */
function isDrawn(promise: NamePromise | undefined, text: string): boolean {
  return (
    promise === 'password' &&
    /[0-9]/.test(text) &&
    /[a-z]/.test(text) &&
    /[A-Z]/.test(text) &&
    looksRandom(text, 8)
  )
}

function isHexHash(text: string): boolean {
  return isHex(text) && text.length === 64
}

/** A bare `key` or `token` may be anything, so its value must be unlike any word. */
function tokenLike(text: string, value: Value): boolean {
  if (text.length < 16 || /[:@ ]|^[./]|\.(?:[a-z]{2,5})$/i.test(text) || isUuid(text)) return false
  if (isHex(text))
    return text.length >= 32 && text.length % 2 === 0 && looksRandom(text) && (value.quoted || value.setting)
  return (
    looksRandom(text, 16) &&
    /[a-z]/.test(text) &&
    /[0-9]/.test(text) &&
    (/[A-Z]/.test(text) || text.length >= 24)
  )
}

function secretLike(text: string): boolean {
  if (text.length < 8 || /^[./~]|^\w+:\/\//.test(text)) return false
  if (looksRandom(text)) return true
  return (
    text.length >= 10 &&
    /[0-9]/.test(text) &&
    /[^0-9a-z]/i.test(text) &&
    /[a-z]/i.test(text) &&
    !isWordy(text) &&
    !isDotted(text)
  )
}

function passwordLike(text: string, { quoted, setting }: Value): boolean {
  if (/^[/~]|\/.*\/|^\w+:\/\//.test(text)) return false
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length
  if (kinds < 2)
    return text.length >= 6 && setting && kinds === 1 && /^[0-9]+$/.test(text) === false && !isWordy(text)
  if (isDotted(text) || /^[A-Z][a-z]+$/.test(text) || /^[A-Z_]+$/.test(text)) return false
  if (!quoted && !setting) return looksRandom(text, 8)
  return (
    text.length >= 6 &&
    (/[0-9]/.test(text) || /[^A-Za-z0-9_.-]/.test(text)) &&
    !/^[a-z]+(?:[_-][a-z0-9]+)+$/i.test(text)
  )
}

/** `settings.database.password`, `en-US`, `auth.signin.title`: the way programs name things. */
function isDotted(text: string): boolean {
  return /^[A-Za-z_$][\w$]*(?:(?:\.|->|::|-|\/)[A-Za-z_$][\w$]*)+$/.test(text) && isWordy(text)
}

function isIdentifier(text: string): boolean {
  return /^[A-Za-z_$][\w$.]*$/.test(text)
}
