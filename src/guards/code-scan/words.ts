import { expression } from './flow/conditions-of-rules.ts'
import { alternatives } from './flow/path-index.ts'
import type { Model, ScanRule, Sighting } from './rule.ts'

/**
 * The words without which a rule can see nothing in a text. Most files have none that count, and are neither parsed nor
 * followed: this is what makes a large tree quick.
 */
export interface Words {
  /** Where something that counts stands; empty when the file says nothing to any rule. */
  hits(text: string): Hits
  /** Where values may come in from far away, in order. */
  sources(text: string): readonly number[]
}

/** Places in a text, each list in order. */
export interface Hits {
  /** What may count by itself. */
  readonly near: readonly number[]
  /** What counts only for values that come in from far away. */
  readonly far: readonly number[]
}

/** What a text must have besides a word, for a sighting to be possible: all of these. */
interface Need {
  readonly far: boolean
  readonly texts: readonly RegExp[]
}

export function wordsOf(
  rules: readonly ScanRule[],
  models: readonly Partial<Model>[],
  callsAreBracketed: boolean,
): Words {
  const source = alternation(models.flatMap(sourcePatterns))
  const { needs, others } = needsOf(rules, source, callsAreBracketed)
  const plain = plainWords([...needs.keys()], callsAreBracketed)
  return {
    sources: (text) => places(source, text),
    hits(text) {
      const met = new Map<RegExp, boolean>()
      const holds = ({ texts }: Need) => texts.every((one) => isMet(met, one, text))
      const near: number[] = []
      const far: number[] = []
      const into = new Map<string, number[] | undefined>()
      for (const match of text.matchAll(plain)) {
        const [word] = match
        if (!into.has(word)) {
          const possible = [...(needs.get(word) ?? []), ...(needs.get(`${word}(`) ?? [])].filter(holds)
          into.set(word, possible.length === 0 ? undefined : possible.every((need) => need.far) ? far : near)
        }
        into.get(word)?.push(match.index)
      }
      // One by one: a text may have more of them than a call takes arguments.
      for (const { pattern, need } of others)
        if (holds(need)) for (const at of places(pattern, text)) (need.far ? far : near).push(at)
      return { near: near.sort((a, b) => a - b), far: far.sort((a, b) => a - b) }
    },
  }
}

/** The words of a search, which looks at the whole file by itself. */
export function searchWords(words: readonly string[]): RegExp {
  return alternation(words.map((word) => patternOf(word) ?? wordPattern(word)))
}

interface Word {
  /** A plain word, or else the text of an expression. */
  readonly text: string
  /** It counts only where it is called. */
  readonly called: boolean
}

/** Each word with what else a text needs for it to count; expressions, grouped by the same. */
function needsOf(rules: readonly ScanRule[], source: RegExp, callsAreBracketed: boolean) {
  const needs = new Map<string, Need[]>()
  const expressions: { readonly text: string; readonly need: Need }[] = []
  for (const sighting of rules.flatMap(({ when }) => when)) {
    if (sighting.search !== undefined) continue
    const need = needOf(sighting, source)
    for (const { text, called } of wordsOfSighting(sighting, callsAreBracketed)) {
      const key = called ? `${text}(` : text
      if (/^\w+$/.test(text)) needs.set(key, [...(needs.get(key) ?? []), need])
      else expressions.push({ text, need })
    }
  }
  const groups = Map.groupBy(expressions, ({ need }) => `${need.far} ${need.texts.map(String).join(' ')}`)
  const others = [...groups.values()].map((group) => ({
    pattern: alternation(group.map(({ text }) => text)),
    need: group[0]?.need ?? { far: false, texts: [] },
  }))
  return { needs, others }
}

/** `exec` alone is nothing, `exec(` may be: where a language has brackets behind every call, they belong to the word. */
function plainWords(keys: readonly string[], callsAreBracketed: boolean): RegExp {
  const called = keys.filter((key) => key.endsWith('(')).map((key) => key.slice(0, -1))
  const bare = keys.filter((key) => !key.endsWith('('))
  const exact = [...new Set(callsAreBracketed ? bare : [...bare, ...called])].sort()
  return alternation([
    exact.length > 0 ? `\\b(?:${exact.join('|')})\\b` : '',
    callsAreBracketed && called.length > 0
      ? `(?<![\\w$])(?:${called.sort().join('|')})(?=\\s{0,8}(?:\\?\\.)?[(<])`
      : '',
  ])
}

/** The last names of what a sighting looks for, and what it names itself. */
function wordsOfSighting(
  { words, call, assign, read, record }: Sighting,
  callsAreBracketed: boolean,
): readonly Word[] {
  if (words !== undefined)
    return words.map((word) => ({
      text: patternOf(word) ?? (/^\w+$/.test(word) ? word : escaped(word)),
      called: false,
    }))
  return [
    ...lastNames(call).map((text) => ({
      text: /^\w+$/.test(text) ? text : callText(text, callsAreBracketed),
      called: true,
    })),
    ...lastNames([...(read ?? []), ...(record ?? [])]).map((text) => ({
      text: escaped(text),
      called: false,
    })),
    ...lastNames(assign).map((text) => ({
      text: `\\b${escaped(text)}["']?\\]?\\s{0,8}(?:[:=]|\\+=|\\.=)`,
      called: false,
    })),
  ]
}

/** `$` and `permit!` are names as well; a backtick is called without brackets. */
function callText(text: string, callsAreBracketed: boolean): string {
  return callsAreBracketed && text !== '`' ? `${escaped(text)}\\(` : escaped(text)
}

function lastNames(patterns: readonly string[] | undefined): string[] {
  return (patterns ?? []).flatMap(alternatives).map((pattern) => {
    const segments = pattern.split('.').filter((segment) => segment !== '*' && segment !== '?')
    return (segments.at(-1) ?? pattern).replace(/\(\)$/, '')
  })
}

const SQL_TEXT =
  /["'`][\s(]{0,60}(?:select\s|insert\s|replace\s+into|update\s|delete\s|merge\s|with\s+\w+\s|create\s|alter\s|drop\s|truncate\s|exec(?:ute)?\s|call\s|grant\s|union\s|pragma\s|explain\s|from\s|where\s|order\s+by|and\s|or\s|set\s|show\s)|<<[~<-]?\s?['"]?\w/i
const MARKUP_TEXT = /["'`]\s{0,20}</

/** What must stand in the text: a source where only far-away values count, and what the sighting itself asks of the file. */
function needOf({ taint, built, whole, inFile, near, inFunction, prefix }: Sighting, source: RegExp): Need {
  const counts = (least: Sighting['built']) => least === undefined || least === 'remote' || least === 'never'
  const far = taint !== undefined && counts(built) && counts(whole)
  return {
    far,
    texts: [
      // What must stand near stands in the file as well; where it is bound to a beginning, that is not the file's.
      ...[inFile, near, inFunction]
        .filter((text) => text !== undefined)
        .map(expression)
        .filter((text, index) => (index === 0 && inFile !== undefined) || !text.source.includes('^')),
      ...(far ? [source] : []),
      ...(prefix === '@sql' ? [SQL_TEXT] : []),
      ...(prefix === '<' ? [MARKUP_TEXT] : []),
    ],
  }
}

/** What a source is written as: a name and what is read of it, taken apart or not, or a mark of a handler. */
function sourcePatterns({ remote, remoteText, handlers, sourceWords }: Partial<Model>): string[] {
  const paths = [...readOf([...(remote ?? []), ...(remoteText ?? [])].flatMap(alternatives))].map(
    ([first, seconds]) => {
      // Who sets it does not read it.
      if (seconds.length === 0) return `${wordPattern(first)}(?!\\.(?:set|append|delete)\\b)`
      const named = `${/^\w/.test(first) ? '\\b' : ''}${escaped(first)}`
      return `${named}(?:\\(\\))?\\s{0,4}(?:\\?\\.|\\.|->|::|\\[)\\s{0,4}["']?(?:${seconds.map(escaped).join('|')})\\b`
    },
  )
  const names = (handlers ?? []).flatMap((handler) => handler.names ?? [])
  const marks = (handlers ?? []).flatMap((handler) => [
    ...(handler.marks ?? []),
    ...(handler.parameterMarks ?? []),
  ])
  return [
    ...paths,
    ...(names.length === 0 ? [] : [`\\}\\s{0,4}=\\s{0,4}(?:await\\s{1,4})?(?:${names.join('|')})\\b`]),
    ...(marks.length === 0
      ? []
      : [`@[\\w.]{0,40}\\b(?:${marks.map((mark) => mark.replace('*.', '')).join('|')})\\b`]),
    ...(handlers ?? []).flatMap((handler) => (handler.bases ?? []).map(wordPattern)),
    ...(sourceWords ?? []),
  ]
}

/** What is read of each name, of which nothing more is said when it is under control as a whole. */
function readOf(patterns: readonly string[]): Map<string, string[]> {
  const read = new Map<string, string[]>()
  for (const pattern of patterns) {
    const [first = '', second] = pattern
      .split('.')
      .filter((segment) => segment !== '*')
      .map((segment) => segment.replace(/\(\)$/, ''))
    const known = read.get(first)
    if (second === undefined) read.set(first, [])
    else if (known === undefined) read.set(first, [second])
    else if (known.length > 0) known.push(second)
  }
  return read
}

function wordPattern(text: string): string {
  return `${/^\w/.test(text) ? '\\b' : ''}${escaped(text)}${/\w$/.test(text) ? '\\b' : ''}`
}

/** `/…/` is an expression as it stands, `@name` a known one. */
function patternOf(given: string): string | undefined {
  if (given.startsWith('@')) return expression(given).source
  return given.length > 2 && given.startsWith('/') && given.endsWith('/') ? given.slice(1, -1) : undefined
}

function alternation(parts: readonly string[]): RegExp {
  const unique = [...new Set(parts)].filter((part) => part !== '')
  return unique.length === 0 ? /(?!)/g : new RegExp(unique.join('|'), 'g')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function places(pattern: RegExp, text: string): number[] {
  return [...text.matchAll(pattern)].map((match) => match.index)
}

function isMet(met: Map<RegExp, boolean>, need: RegExp, text: string): boolean {
  const before = met.get(need)
  if (before !== undefined) return before
  const found = text.search(need) >= 0
  met.set(need, found)
  return found
}
