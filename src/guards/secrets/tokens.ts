import type { Sighting } from './finding.ts'
import { isFiller } from './placeholder.ts'
import { TOKEN_RULES } from './rules.ts'
import { literalBehind, literalPrefix, shapesPattern } from './shape.ts'
import type { TokenRule } from './token-rule.ts'
import { DIGIT } from './words.ts'

interface Prepared {
  readonly rule: TokenRule
  readonly prefix: string
  readonly pattern: RegExp
  readonly behind: ReturnType<typeof literalBehind>
  readonly beginsWithDigit: boolean
}

const SHORTEST_PREFIX = 2

/** Rules by the first two characters of their shapes; shapes without such a start are tried where a joint hints at one. */
const BY_START = new Map<number, Prepared[]>()
const WITHOUT_START: Prepared[] = []

for (const rule of TOKEN_RULES)
  for (const shape of rule.shapes) {
    const prefix = literalPrefix(shape)
    const prepared = {
      rule,
      prefix,
      pattern: shapesPattern([shape]),
      behind: literalBehind(shape),
      beginsWithDigit: shape.startsWith('{d'),
    }
    if (prefix.length < SHORTEST_PREFIX) WITHOUT_START.push(prepared)
    else {
      const key = startKey(prefix, 0)
      BY_START.set(key, [...(BY_START.get(key) ?? []), prepared])
    }
  }

const SHORTEST_TOKEN = 16
/** Shorter than this, what is drawn at random and has no digit is too rare to be looked for. */
const LONG_WITHOUT_DIGIT = 60
const SHORTEST_PART = 12
const LONGEST_HEAD = 120

/** Tokens that begin with the word at `start`, or of which it is a later part. */
export function tokensAt(text: string, start: number, end: number, letters: number): Sighting | undefined {
  const from = pastEscape(text, start)
  const isShort = end - start < LONG_WITHOUT_DIGIT
  if (isShort && (letters & DIGIT) === 0 && !mayHaveDigitsBeside(text, start, from, end)) return undefined
  const begun = startingAt(text, from, BY_START.get(startKey(text, from)))
  if (begun !== undefined || end - start < SHORTEST_PART) return begun
  return (
    joinedBefore(text, start) ??
    (end - start < SHORTEST_TOKEN ? undefined : startingAt(text, from, WITHOUT_START))
  )
}

/** The digits of a token may all stand in the part before or behind. */
function mayHaveDigitsBeside(text: string, start: number, from: number, end: number): boolean {
  return (
    (isJoint(text.charCodeAt(start - 1)) && isDigit(text.charCodeAt(start - 2))) ||
    (isJoint(text.charCodeAt(end)) && BY_START.has(startKey(text, from)))
  )
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** A word behind a joint, as in `SG.word.word` or `digits:word`; its token begins further left. */
function joinedBefore(text: string, start: number): Sighting | undefined {
  if (!isJoint(text.charCodeAt(start - 1))) return undefined
  let from = start
  const limit = Math.max(0, start - LONGEST_HEAD)
  while (from > limit && isTokenPart(text.charCodeAt(from - 1))) from -= 1
  from = pastEscape(text, from)
  for (let at = from; at < start; at += 1) {
    if (at > from && !isJoint(text.charCodeAt(at - 1))) continue
    const found =
      startingAt(text, at, BY_START.get(startKey(text, at))) ?? startingAt(text, at, WITHOUT_START)
    if (found !== undefined && found.end > start) return found
  }
  return undefined
}

function startingAt(text: string, at: number, candidates: readonly Prepared[] = []): Sighting | undefined {
  for (const { rule, prefix, pattern, behind, beginsWithDigit } of candidates) {
    if (beginsWithDigit && !isDigit(text.charCodeAt(at))) continue
    if (!text.startsWith(prefix, at)) continue
    if (behind !== undefined && !text.startsWith(behind.text, at + behind.offset)) continue
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found === undefined || isFiller(found.slice(prefix.length))) continue
    if (!/[0-9]/.test(found.slice(prefix.length)) && found.length < LONG_WITHOUT_DIGIT) continue
    return {
      rule: `secret.${rule.name}`,
      class: rule.class ?? 'provider-token',
      reason: reasonFor(rule, found),
      start: at,
      end: at + found.length,
      confidence: rule.checksum !== undefined && !rule.checksum(found) ? 'medium' : rule.confidence,
      publicPrefix: prefix.length,
    }
  }
  return undefined
}

function reasonFor(rule: TokenRule, found: string): string {
  if (rule.checksum === undefined) return `It has the shape of a ${rule.maker} credential.`
  return rule.checksum(found)
    ? `It is a ${rule.maker} credential: its checksum is right.`
    : `It has the shape of a ${rule.maker} credential, though its checksum is not right.`
}

/** In `\nAKIA…`, `%3Dghp_…` or `\u0022sk-…` the escape runs into the word. */
function pastEscape(text: string, start: number): number {
  const before = text.charCodeAt(start - 1)
  if (before === 37) return start + 2
  if (before !== 92) return start
  const first = text[start]
  return start + (first === 'u' ? 5 : first === 'x' ? 3 : 1)
}

function isJoint(code: number): boolean {
  return (
    code === 46 ||
    code === 58 ||
    code === 47 ||
    code === 124 ||
    code === 126 ||
    code === 33 ||
    code === 37 ||
    code === 43 ||
    code === 36
  )
}

function isTokenPart(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    code === 45 ||
    isJoint(code)
  )
}

function startKey(text: string, at: number): number {
  return (text.charCodeAt(at) << 8) | text.charCodeAt(at + 1)
}
