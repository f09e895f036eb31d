import { createHash } from 'node:crypto'
import { findSecrets } from '#guards/secrets/find.ts'
import { type Cut, placeholderOf } from './cut.ts'
import { flattened, pieceFinder, unescaped } from './flat-text.ts'
import type { JsonString } from './json-strings.ts'

/** Shorter texts hold no secret that could be told from a word. */
const SHORTEST_SECRET = 8

/** So many characters that were found clean are remembered: a conversation is sent again with every call. */
const MOST_REMEMBERED = 4 * 1024 * 1024

/** What has the shape of a maker's secret, though nobody told us of it. */
export function createShapeSearch(): (body: Buffer, strings: readonly JsonString[]) => Cut[] {
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
      const pieceOf = pieceFinder(body, string)
      let [walked, flat] = [0, 0]
      const flatTo = (place: number) => {
        flat += flattened(text.slice(walked, place), text.charAt(walked - 1)).length
        walked = place
        return flat
      }
      for (const { start, end, class: kind } of found)
        cuts.push({
          ...pieceOf(flatTo(start), flatTo(end)),
          placeholder: placeholderOf(`${kind}:${tagOf(text.slice(start, end))}`),
          dress: '',
          leads: true,
        })
    }
    return cuts
  }
}

function textOf(body: Buffer, string: JsonString): string {
  return string.escaped ? unescaped(body, string).toString() : body.toString('utf8', string.start, string.end)
}

/** Tells two secrets of one kind apart; they are long and random, so that four digits of a hash give nothing away. */
function tagOf(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 4)
}
