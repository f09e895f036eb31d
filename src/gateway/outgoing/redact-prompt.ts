import { createMultiSearch, type Hit } from '#guards/multi-search.ts'
import { dresses, type KnownSecret } from '#guards/secrets/known-value.ts'
import { type Cut, placeholderOf, type RedactedPrompt, withoutCuts } from './cut.ts'
import { type FlatText, flatText, flattened, type Piece, pieceFinder } from './flat-text.ts'
import { type JsonString, jsonStrings } from './json-strings.ts'
import { createShapeSearch } from './shape-search.ts'

/** Shorter values are words like `none` or `ollama`: masking them would damage ordinary text and protect nothing. */
const SHORTEST_SECRET = 8

/**
 * Takes secrets out of the JSON a model is about to be sent: known values in every dress, whatever white space or border of
 * parts they are split by, and whatever has a maker's shape. Only insides of strings change, so the JSON stays what it was.
 *
 * What is `told` once stands there by right: as it is, and no second time.
 */
export function createPromptRedaction(
  known: readonly KnownSecret[],
  told: readonly KnownSecret[] = [],
): (body: Buffer) => RedactedPrompt {
  const needles = [...known, ...told]
    .filter(({ value }) => value.length >= SHORTEST_SECRET)
    .flatMap((secret) =>
      [...flatDresses(secret.value)].map(([flat, dress]) => ({
        bytes: Buffer.from(flat, 'latin1'),
        placeholder: placeholderOf(secret.name),
        dress,
        once: told.includes(secret) && dress === '',
      })),
    )
    .filter(({ bytes }) => bytes.length >= SHORTEST_SECRET)
  const shapedIn = createShapeSearch()
  const search = createMultiSearch(needles.map(({ bytes }) => bytes))

  /** Of the strings of one kind, where they hold known values. */
  function knownIn(body: Buffer, strings: readonly JsonString[], joined: boolean, said: Set<number>): Cut[] {
    const flat = flatText(body, strings, joined)
    const piecesOf = hitPieces(body, strings, flat)
    return search(flat.bytes).flatMap((hit) => {
      const { placeholder = '', dress = '', once = false } = needles[hit.needle] ?? {}
      if (once && !said.has(hit.needle)) {
        said.add(hit.needle)
        return []
      }
      return piecesOf(hit).map((piece, index) => ({
        ...piece,
        placeholder,
        dress,
        leads: index === 0,
      }))
    })
  }

  return (body) => {
    const strings = jsonStrings(body)
    const isText = ({ role }: JsonString) => role === 'content' || role === 'thought'
    const content = strings.filter(isText)
    const others = strings.filter((string) => !isText(string))
    const said = new Set<number>()
    const cuts = [
      ...knownIn(body, content, true, said),
      ...knownIn(body, others, false, said),
      ...shapedIn(body, strings),
    ]
    return cuts.length === 0 ? { body, redacted: [] } : withoutCuts(body, cuts)
  }
}

/** Dresses that are the same once flattened are one: the plainest. */
function flatDresses(value: string): Map<string, string> {
  return new Map(dresses(value).map(([dressed, dress]) => [flattened(dressed).toString('latin1'), dress]))
}

/** The pieces of one hit after the other. */
function hitPieces(
  body: Buffer,
  strings: readonly JsonString[],
  { starts, bytes }: FlatText,
): (hit: Hit) => Piece[] {
  let finder = { of: -1, find: (_from: number, _to: number): Piece => ({ start: 0, end: 0 }) }
  return (hit) => {
    const pieces: Piece[] = []
    for (let index = firstAt(starts, hit.start); index < strings.length; index += 1) {
      const start = starts[index] ?? 0
      const end = starts[index + 1] ?? bytes.length
      const string = strings[index]
      if (start >= hit.end || string === undefined) break
      if (end <= hit.start || string.sealed) continue
      if (finder.of !== index) finder = { of: index, find: pieceFinder(body, string) }
      pieces.push(finder.find(Math.max(0, hit.start - start), Math.min(hit.end, end) - start))
    }
    return pieces
  }
}

/** The last string that begins at or before a place. */
function firstAt(starts: readonly number[], place: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= place) low = middle
    else high = middle - 1
  }
  return low
}
