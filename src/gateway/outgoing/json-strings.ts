/** One string of a JSON text: where its inside stands, between the quotes. */
export interface JsonString {
  readonly start: number
  readonly end: number
  /** True when it has backslashes: its bytes are not its text. */
  readonly escaped: boolean
  /** `content` and `thought` are pieces that belong together, what is said and what is thought; the rest stands for itself. */
  readonly role: 'content' | 'thought' | 'other' | 'key'
  /** Signed or encrypted by a provider, who takes back nothing that was changed. */
  sealed: boolean
}

/** Keys whose values are pieces of one running text. */
const CONTENT = new Set([
  'text',
  'content',
  'parts',
  'input',
  'output',
  'arguments',
  'partial_json',
  'delta',
  'refusal',
  'result',
  'response',
])

/** Keys whose values a model keeps to itself. */
const THOUGHT = new Set(['thinking', 'reasoning', 'reasoning_content'])

/** What may be sealed by its key, and the types of object in which it is; none means in any. */
const SEALS: Readonly<Record<string, readonly string[]>> = {
  signature: ['thinking', 'reasoning.text'],
  data: ['redacted_thinking', 'reasoning.encrypted'],
  encrypted_content: [],
  thoughtSignature: [],
  thought_signature: [],
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

interface Frame {
  readonly isObject: boolean
  readonly key: string | undefined
  inner: string | undefined
  expectsKey: boolean
  type: string | undefined
  readonly seals: { readonly string: JsonString; readonly types: readonly string[] }[]
}

/**
 * The strings of a JSON text in their order. Linear, without recursion. Of bytes that are no JSON it gives whatever looks like
 * strings, and never throws.
 */
export function jsonStrings(json: Buffer): JsonString[] {
  const strings: JsonString[] = []
  const frames: Frame[] = []
  let backslash = -1
  let frame: Frame | undefined
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at]) {
      case 0x7b: // {
      case 0x5b: {
        const isObject = json[at] === 0x7b
        const key = frame === undefined ? undefined : frame.isObject ? frame.inner : frame.key
        frame = { isObject, key, inner: undefined, expectsKey: isObject, type: undefined, seals: [] }
        frames.push(frame)
        break
      }
      case 0x7d: // }
      case 0x5d: {
        const closed = frames.pop()
        for (const { string, types } of closed?.seals ?? [])
          string.sealed = types.length === 0 || types.includes(closed?.type ?? '')
        frame = frames.at(-1)
        break
      }
      case 0x2c: // ,
        if (frame?.isObject) frame.expectsKey = true
        break
      case QUOTE: {
        // Looked for once per backslash, not once per string: this stays linear where there are few of them.
        if (backslash <= at) backslash = placeOf(json, BACKSLASH, at + 1)
        const string = stringAt(json, at + 1, backslash, frame)
        if (string === undefined) return strings
        strings.push(string)
        if (frame) noteIn(frame, json, string)
        at = string.end
        break
      }
    }
  }
  return strings
}

function placeOf(json: Buffer, byte: number, from: number): number {
  const place = json.indexOf(byte, from)
  return place === -1 ? json.length : place
}

function stringAt(
  json: Buffer,
  start: number,
  backslash: number,
  frame: Frame | undefined,
): JsonString | undefined {
  let end = placeOf(json, QUOTE, start)
  const escaped = backslash < end
  if (escaped) {
    end = backslash
    while (end < json.length && json[end] !== QUOTE) end += json[end] === BACKSLASH ? 2 : 1
  }
  if (end >= json.length) return undefined
  return { start, end, escaped, role: roleIn(frame), sealed: false }
}

function roleIn(frame: Frame | undefined): JsonString['role'] {
  if (frame?.isObject && frame.expectsKey) return 'key'
  const key = (frame?.isObject ? frame.inner : frame?.key) ?? ''
  return CONTENT.has(key) ? 'content' : THOUGHT.has(key) ? 'thought' : 'other'
}

/** Remembers a key for the value to come, the type of an object, and what may turn out to be sealed. */
function noteIn(frame: Frame, json: Buffer, string: JsonString): void {
  if (string.role === 'key') {
    frame.inner = string.end - string.start > 40 ? '' : json.toString('latin1', string.start, string.end)
    frame.expectsKey = false
    return
  }
  if (!frame.isObject || frame.inner === undefined) return
  if (frame.inner === 'type')
    frame.type = json.toString('latin1', string.start, Math.min(string.end, string.start + 40))
  const types = Object.hasOwn(SEALS, frame.inner) ? SEALS[frame.inner] : undefined
  if (types !== undefined) frame.seals.push({ string, types })
}
