/** A text as a model would read it: lower case, one width, nothing invisible, no look-alikes, single blanks. */
export interface Folded {
  readonly text: string
  /** The offset in the original of a character of the folded text. */
  readonly origin: (at: number) => number
}

/** Folds at most a chunk; `base` is its place in the whole text. */
export function fold(chunk: string, base: number): Folded {
  const out: string[] = []
  const places = new Uint32Array(chunk.length * 2 + 2)
  let length = 0
  const put = (text: string, at: number) => {
    for (let index = 0; index < text.length; index += 1) {
      if (length >= places.length) return
      places[length] = at
      length += 1
      out.push(text[index] ?? '')
    }
  }
  for (let at = 0; at < chunk.length; at += 1) {
    const code = chunk.charCodeAt(at)
    if (code > 127) {
      const next = foldWide(chunk, at)
      put(next.text, at)
      at += next.units - 1
    } else if (code === 10 || code === 32 || code === 13 || code === 9 || code < 32) {
      const run = blankRun(chunk, at)
      put(run.text, at)
      at = run.end - 1
    } else if (code === 39 || code === 96) put(joinsWords(chunk, at) ? '' : ' ', at)
    else put(code >= 65 && code <= 90 ? String.fromCharCode(code + 32) : chunk.charAt(at), at)
  }
  return { text: out.join(''), origin: (at) => base + (places[Math.min(at, Math.max(0, length - 1))] ?? 0) }
}

const INVISIBLE =
  /\u00ad|\u034f|[\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\uffa0\ufff9-\ufffb]|[\u17b4\u17b5]|[\u180b-\u180e]|[\ufe00-\ufe0f]/

/** Cyrillic and Greek letters that are drawn like Latin ones; they count as such beside Latin letters only. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  һ: 'h',
  ԁ: 'd',
  ԛ: 'q',
  ԝ: 'w',
  ь: 'b',
  к: 'k',
  м: 'm',
  т: 't',
  в: 'b',
  н: 'h',
  г: 'r',
  п: 'n',
  ı: 'i',
  ɡ: 'g',
  ɑ: 'a',
  ο: 'o',
  α: 'a',
  ρ: 'p',
  ν: 'v',
  ι: 'i',
  κ: 'k',
  ε: 'e',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ѵ: 'v',
  ӏ: 'l',
  ո: 'n',
  ս: 'u',
  օ: 'o',
  ց: 'g',
}

function foldWide(chunk: string, at: number): { text: string; units: number } {
  const point = chunk.codePointAt(at) ?? 0
  const units = point > 0xffff ? 2 : 1
  if (point >= 0xe0000 && point <= 0xe007f) return { text: fromTag(point), units }
  if (point >= 0xe0100 && point <= 0xe01ef) return { text: '', units }
  const character = chunk.slice(at, at + units)
  if (INVISIBLE.test(character)) return { text: '', units }
  if (point === 0x2019 || point === 0x2018 || point === 0x02bc)
    return { text: joinsWords(chunk, at) ? '' : ' ', units }
  const plain = character.normalize('NFKC').toLowerCase()
  const alike = LOOK_ALIKES[plain]
  if (alike !== undefined && besideLatin(chunk, at)) return { text: alike, units }
  return { text: /^\s+$/.test(plain) ? ' ' : plain, units }
}

/** Tag characters spell ASCII that no screen shows. */
function fromTag(point: number): string {
  return point >= 0xe0020 && point <= 0xe007e ? String.fromCharCode(point - 0xe0000).toLowerCase() : ''
}

function besideLatin(chunk: string, at: number): boolean {
  return /[a-z]/i.test(chunk.slice(Math.max(0, at - 2), at + 3))
}

/** A mark within a word: `don't` becomes `dont`, but `l'utilisateur` two words. */
function joinsWords(chunk: string, at: number): boolean {
  return (
    /\p{L}{2}$/u.test(chunk.slice(Math.max(0, at - 2), at)) && /^[a-z]/i.test(chunk.slice(at + 1, at + 2))
  )
}

/** Blanks become one; an empty line, or a line that begins like an item, ends a sentence. */
function blankRun(chunk: string, at: number): { text: string; end: number } {
  let end = at
  let lines = 0
  while (end < chunk.length && chunk.charCodeAt(end) <= 32) {
    if (chunk.charCodeAt(end) === 10) lines += 1
    end += 1
  }
  const item = lines > 0 && /[-*#>|\d•]/.test(chunk.charAt(end))
  return { text: lines > 1 || item ? '\n' : ' ', end }
}
