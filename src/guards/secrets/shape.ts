/**
 * The shape of a token, written as its literal parts and its random parts: `ghp_{a36}`, `SG.{w22}.{w43}`. From one
 * line come both the expression that finds it and the examples that prove it, so that no example of a secret ever
 * stands in the repository.
 */
const ALPHABETS = {
  a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  w: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-',
  b: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  u: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  l: 'abcdefghijklmnopqrstuvwxyz0123456789',
  h: '0123456789abcdef',
  x: '0123456789abcdefABCDEF',
  d: '0123456789',
  c: './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
} as const

type Alphabet = keyof typeof ALPHABETS

const CLASSES: Readonly<Record<Alphabet, string>> = {
  a: '[A-Za-z0-9]',
  w: '[A-Za-z0-9_-]',
  b: '[A-Za-z0-9+/]',
  u: '[A-Z0-9]',
  l: '[a-z0-9]',
  h: '[0-9a-f]',
  x: '[0-9a-fA-F]',
  d: '[0-9]',
  c: '[./A-Za-z0-9]',
}
const PART = /\{(?:([awbulhxdc])(\d+)(,\d*)?|(uuid))\}/g
const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'

/** A sticky expression for any of the shapes, each of which must end where a word ends. */
export function shapesPattern(shapes: readonly string[]): RegExp {
  return new RegExp(`(?:${shapes.map(source).join('|')})(?![A-Za-z0-9_-])`, 'y')
}

/** What stands before the first random part. */
export function literalPrefix(shape: string): string {
  const first = shape.indexOf('{')
  return first === -1 ? shape : shape.slice(0, first)
}

/** The literal behind a first random part of fixed length, and where it must stand; most places are dismissed by it. */
export function literalBehind(shape: string): { offset: number; text: string } | undefined {
  const match = /^\{[awbulhxdc](\d+)\}([^{]+)/.exec(shape)
  return match === null ? undefined : { offset: Number(match[1]), text: match[2] ?? '' }
}

/** A text of this shape, always the same for the same seed. */
export function sampleOf(shape: string, seed: number): string {
  const next = numbers(seed + shape.length * 7919)
  return shape.replace(PART, (_, alphabet: Alphabet | undefined, count: string, more: string | undefined) => {
    if (alphabet === undefined)
      return [8, 4, 4, 4, 12].map((length) => filled(ALPHABETS.h, length, next)).join('-')
    return filled(
      ALPHABETS[alphabet],
      Number(count) + (more === undefined ? 0 : Math.min(3, span(count, more))),
      next,
    )
  })
}

/** Texts that only resemble the shape: cut short, a placeholder, another maker's prefix. */
export function nearMissesOf(shape: string): string[] {
  const full = sampleOf(shape.replace(/,\d*\}/g, '}'), 1)
  const prefix = literalPrefix(shape)
  return [
    full.slice(0, Math.max(prefix.length + 2, Math.floor(full.length * 0.4))),
    shape.replace(PART, (_, __, count: string | undefined) => 'x'.repeat(Number(count ?? 36))),
    `<${prefix}your-own-token-goes-here>`,
  ]
}

function source(shape: string): string {
  const literal = shape.split(PART)
  let pattern = ''
  // split() with four groups yields: literal, alphabet, count, more, uuid, literal, …
  for (let at = 0; at < literal.length; at += 5) {
    pattern += (literal[at] ?? '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    const [alphabet, count, more, uuid] = literal.slice(at + 1, at + 5)
    if (uuid !== undefined) pattern += UUID
    else if (alphabet !== undefined) pattern += `${CLASSES[alphabet as Alphabet]}{${count}${more ?? ''}}`
  }
  return pattern
}

function span(count: string, more: string): number {
  return more === ',' ? 3 : Number(more.slice(1)) - Number(count)
}

function filled(alphabet: string, length: number, next: () => number): string {
  return Array.from({ length }, () => alphabet[next() % alphabet.length] ?? 'a').join('')
}

/** A small generator of numbers; examples must be the same on every machine. */
function numbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0 || 1
  return () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state >>> 3
  }
}
