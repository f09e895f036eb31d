import { createHash } from 'node:crypto'
import { createMultiSearch, type Hit } from '#guards/multi-search.ts'
import { findSecrets } from '#guards/secrets/find.ts'
import { dresses, type KnownSecret } from '#guards/secrets/known-value.ts'
import { type FlatText, flatText, flattened, type Piece, pieceOf, unescaped } from './flat-text.ts'
import { type JsonString, jsonStrings } from './json-strings.ts'

/** Shorter values are words like `none` or `ollama`: masking them would damage ordinary text and protect nothing. */
const SHORTEST_SECRET = 8

/** A secret that was taken out of a prompt. */
export interface Redacted {
  /** What stands there instead; the same secret always gets the same, so that a provider's cache of the prompt holds. */
  readonly placeholder: string
  /** In which dress it was: `in base64`; empty where it stood as it is. */
  readonly dress: string
}

export interface RedactedPrompt {
  /** The very buffer that came, where nothing was found. */
  readonly body: Buffer
  readonly redacted: readonly Redacted[]
}

interface Cut extends Piece, Redacted {
  /** False for the further pieces of a secret that was split: they are only taken out. */
  readonly leads: boolean
}

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
      [...new Map(dresses(secret.value))].map(([dressed, dress]) => ({
        bytes: flattened(dressed),
        placeholder: placeholderOf(secret.name),
        dress,
        once: told.includes(secret) && dress === '',
      })),
    )
    .filter(({ bytes }) => bytes.length >= SHORTEST_SECRET)
  const shapedIn = createShapeSearch()
  const search = createMultiSearch(needles.map(({ bytes }) => bytes))

  /** Of the strings of one kind, where they hold known values. */
  function knownIn(body: Buffer, strings: readonly JsonString[], joined: boolean): Cut[] {
    const flat = flatText(body, strings, joined)
    const said = new Set<number>()
    return search(flat.bytes).flatMap((hit) => {
      const { placeholder = '', dress = '', once = false } = needles[hit.needle] ?? {}
      if (once && !said.has(hit.needle)) {
        said.add(hit.needle)
        return []
      }
      return piecesOf(body, strings, flat, hit).map((piece, index) => ({
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
    const cuts = [
      ...knownIn(body, content, true),
      ...knownIn(body, others, false),
      ...shapedIn(body, strings),
    ]
    return cuts.length === 0 ? { body, redacted: [] } : withoutCuts(body, cuts)
  }
}

/** So many characters that were found clean are remembered: a conversation is sent again with every call. */
const MOST_REMEMBERED = 4 * 1024 * 1024

/** What has the shape of a maker's secret, though nobody told us of it. */
function createShapeSearch(): (body: Buffer, strings: readonly JsonString[]) => Cut[] {
  const clean = new Set<string>()
  let remembered = 0
  const remember = (text: string) => {
    if (remembered > MOST_REMEMBERED) {
      clean.clear()
      remembered = 0
    }
    clean.add(text)
    remembered += text.length
  }
  return (body, strings) => {
    const cuts: Cut[] = []
    for (const string of strings) {
      if (string.sealed || string.end - string.start < SHORTEST_SECRET) continue
      const text = textOf(body, string)
      if (clean.has(text)) continue
      const found = findSecrets(text, { confidence: 'high' })
      if (found.length === 0) remember(text)
      for (const { start, end, class: kind } of found) {
        const value = text.slice(start, end)
        const before = flattened(text.slice(0, start)).length
        cuts.push({
          ...pieceOf(body, string, before, before + flattened(value).length),
          placeholder: placeholderOf(`${kind}:${tagOf(value)}`),
          dress: '',
          leads: true,
        })
      }
    }
    return cuts
  }
}

function textOf(body: Buffer, string: JsonString): string {
  return string.escaped ? unescaped(body, string).toString() : body.toString('utf8', string.start, string.end)
}

function piecesOf(
  body: Buffer,
  strings: readonly JsonString[],
  { starts, bytes }: FlatText,
  hit: Hit,
): Piece[] {
  const pieces: Piece[] = []
  for (let index = firstAt(starts, hit.start); index < strings.length; index += 1) {
    const start = starts[index] ?? 0
    const end = starts[index + 1] ?? bytes.length
    const string = strings[index]
    if (start >= hit.end || string === undefined) break
    if (end > hit.start && !string.sealed)
      pieces.push(pieceOf(body, string, Math.max(0, hit.start - start), Math.min(hit.end, end) - start))
  }
  return pieces
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

function withoutCuts(body: Buffer, cuts: readonly Cut[]): RedactedPrompt {
  const parts: Buffer[] = []
  const redacted: Redacted[] = []
  let at = 0
  for (const cut of cuts.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (cut.start < at) continue
    parts.push(body.subarray(at, cut.start))
    if (cut.leads) {
      parts.push(Buffer.from(cut.placeholder))
      redacted.push({ placeholder: cut.placeholder, dress: cut.dress })
    }
    at = cut.end
  }
  return { body: Buffer.concat([...parts, body.subarray(at)]), redacted }
}

/** `[airlock:secret:git-password]`: letters that need no escape in any JSON. */
function placeholderOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9:]+/g, '-')
    .slice(0, 80)
  return `[airlock:secret:${plain}]`
}

/** Tells two secrets of one kind apart; they are long and random, so that four digits of a hash give nothing away. */
function tagOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 4)
}
