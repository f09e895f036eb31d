/**
 * The keys of the outermost object of a text that `JSON.parse` accepts, in order, repeated ones included. Parsers
 * disagree on which of two equal keys counts (the first, the last, or one of another case), so a request that says
 * `model` twice could be checked as one thing and run as another.
 */
export function topLevelKeys(json: string): readonly string[] {
  return keyTokens(json).map(({ key }) => key)
}

/** The text with another member in the place of the outermost member `key`, which holds a text; all else stays as it is. */
export function replaceTextMember(json: string, key: string, member: string): string {
  const token = keyTokens(json).find((each) => each.key === key)
  if (token === undefined) return json
  const end = endOfString(json, json.indexOf('"', token.end + 1))
  return json.slice(0, token.start) + member + json.slice(end + 1)
}

/** The text with one more member at the end of the outermost object, which is not empty. */
export function appendMember(json: string, member: string): string {
  return `${json.slice(0, json.lastIndexOf('}'))},${member}}`
}

/** `start` and `end` are the quotes around the key. */
function keyTokens(json: string): readonly { key: string; start: number; end: number }[] {
  const keys: { key: string; start: number; end: number }[] = []
  let depth = 0
  let keyExpected = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(json, at)
      if (depth === 1 && keyExpected)
        keys.push({ key: JSON.parse(json.slice(at, end + 1)) as string, start: at, end })
      keyExpected = false
      at = end
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth++
      keyExpected = depth === 1
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
    else if (code === COMMA) keyExpected = depth === 1
  }
  return keys
}

/** A key that another parser could take for the same; undefined if every key stands once in its object. */
export function repeatedKey(json: string): string | undefined {
  const seen = new Set<string>()
  for (const key of topLevelKeys(json)) {
    if (seen.has(folded(key))) return key
    seen.add(folded(key))
  }
  return repeatedWithin(json)
}

/** As Go's parser folds: ſ is s, the Kelvin sign is k. */
export function folded(key: string): string {
  return key.toUpperCase().toLowerCase()
}

/** Further in, keys that differ in case may both be meant: they may be names of a schema's, or of a tool's arguments. */
function repeatedWithin(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = []
  let keyExpected = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(json, at)
      const keys = open.at(-1)
      if (keyExpected && keys !== undefined) {
        const key = JSON.parse(json.slice(at, end + 1)) as string
        if (keys.has(key)) return key
        keys.add(key)
      }
      keyExpected = false
      at = end
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      open.push(code === OPEN_BRACE ? new Set() : undefined)
      keyExpected = code === OPEN_BRACE
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open.pop()
    else if (code === COMMA) keyExpected = open.at(-1) !== undefined
  }
  return undefined
}

function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let slashes = 0
    while (json.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return end
  }
  return json.length
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
