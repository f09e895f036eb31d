import type { Syntax } from './syntax/tree.ts'
import type { Hits } from './words.ts'

/** Shorter statements are read anyway: they may be the constants that others are made of. */
const SHORT = 240

/** Where in a text something stands that a rule speaks of, or that values may come in by. */
export class Places {
  readonly #text: string
  readonly #hits: readonly number[]
  readonly #far: readonly number[]
  readonly #sources: readonly number[]

  /** `shift`: how much was put before the text since the places were found. */
  constructor(text: string, shift: number, { near, far }: Hits, sources: readonly number[]) {
    this.#text = text
    this.#hits = shift === 0 ? near : near.map((at) => at + shift)
    this.#far = shift === 0 ? far : far.map((at) => at + shift)
    this.#sources = shift === 0 ? sources : sources.map((at) => at + shift)
  }

  hasHit(from: number, to: number): boolean {
    return anyBetween(this.#hits, from, to)
  }

  /** Something that counts only for values that come from far away. */
  hasFarHit(from: number, to: number): boolean {
    return anyBetween(this.#far, from, to)
  }

  hasSource(from: number, to: number): boolean {
    return anyBetween(this.#sources, from, to)
  }

  /** A long statement that holds nothing of it, and no function that another one may call, says nothing. */
  isIdle(node: Syntax): boolean {
    const { start, end } = node.range()
    if (end.index - start.index < SHORT) return false
    if ([this.#hits, this.#far, this.#sources].some((at) => anyBetween(at, start.index, end.index)))
      return false
    return !/=>|\bfunction\b|\bclass\b|\bdef\b|\bfunc\b|\bfn\b|\)\s{0,4}\{|->|\bdo\b/.test(
      this.#text.slice(start.index, end.index),
    )
  }
}

/** Whether one of the ordered places lies in `[from, to)`. */
export function anyBetween(places: readonly number[], from: number, to: number): boolean {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  const found = places[low]
  return found !== undefined && found < to
}
