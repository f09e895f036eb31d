import { concealedParts } from './signals/hidden-markup.ts'

export interface Change {
  readonly what: 'invisible characters' | 'direction marks' | 'hidden markup' | 'conversation marks'
  /** How many places were changed. */
  readonly count: number
}

export interface Sanitised {
  readonly text: string
  readonly changes: readonly Change[]
}

const TAGS = /(?:[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}])+/gu
const FLAG = /\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{1,10}\u{e007f}/u
const SELECTORS = /[\ufe00-\ufe0e]+|\ufe0f{2,}/g
const NO_WIDTH = /[\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff]+/g
/** A joiner stays between letters of scripts that need it, and within emoji. */
const JOINED = /\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}]|[\u0600-\u0dff]|[\u1000-\u109f]/u
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]+/g
const MARKS =
  /<\|[^|<>\s]*\|>|<｜[^｜<>\n]*｜>|\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<\/?(?:system|assistant|developer|tool_call|tool_result|tool_response|function_calls?|function_results?|system[_-](?:prompt|message|reminder)|instructions?|user[_-](?:input|query|message|prompt))>|\n(?:system|assistant|human|user): /gi

/**
 * Takes from a text what a person does not see, and breaks the marks by which a model tells turns and tools apart; what a
 * person reads stays. It is no proof of harmlessness: an order in plain words stays an order, for `judgeInjection` to find.
 */
export function sanitise(text: string): Sanitised {
  const changes: Change[] = []
  const note = (what: Change['what'], count: number) => {
    if (count > 0) changes.push({ what, count })
  }
  const hidden = withoutConcealed(text)
  note('hidden markup', hidden.count)
  const seen = replaced(hidden.text, [
    [TAGS, keptFlag],
    [SELECTORS, keptSelector],
    [NO_WIDTH, keptJoiner],
  ])
  note('invisible characters', seen.count)
  const straight = replaced(seen.text, [[DIRECTIONS, () => '']])
  note('direction marks', straight.count)
  const plain = replaced(straight.text, [
    [MARKS, (mark) => mark.replace(/[<[]/g, '‹').replace(/[>\]]/g, '›').replace(': ', ' - ')],
  ])
  note('conversation marks', plain.count)
  return { text: plain.text, changes }
}

function withoutConcealed(text: string): { text: string; count: number } {
  const parts = concealedParts(text)
    .filter(
      ({ how }) =>
        how === 'a comment' || how === 'an element that is not shown' || how === 'a markdown comment',
    )
    .toSorted((a, b) => a.start - b.start)
  let at = 0
  let count = 0
  const kept: string[] = []
  for (const { text: inner, start } of parts) {
    if (start < at || inner.trim() === '') continue
    kept.push(text.slice(at, start), ' removed ')
    at = start + inner.length
    count += 1
  }
  return { text: [...kept, text.slice(at)].join(''), count }
}

type Replacement = readonly [pattern: RegExp, by: (found: string, at: number, text: string) => string]

function replaced(text: string, replacements: readonly Replacement[]): { text: string; count: number } {
  let count = 0
  const result = replacements.reduce(
    (current, [pattern, by]) =>
      current.replace(pattern, (found: string, at: number, whole: string) => {
        const put = by(found, at, whole)
        if (put !== found) count += 1
        return put
      }),
    text,
  )
  return { text: result, count }
}

function keptFlag(found: string, at: number, text: string): string {
  const flag = FLAG.exec(text.slice(Math.max(0, at - 2), at + found.length))?.[0]
  return flag !== undefined && flag.length === found.length + 2 ? found : ''
}

/** One selector behind a character chooses how it is drawn; several carry something else. */
function keptSelector(found: string): string {
  return found.length === 1 ? found : ''
}

function keptJoiner(found: string, at: number, text: string): string {
  const joins = found === '\u200c' || found === '\u200d'
  return joins && JOINED.test(text.slice(Math.max(0, at - 2), at)) ? found : ''
}
