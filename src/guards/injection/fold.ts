/** A text as a model would read it: lower case, one width, nothing invisible, no look-alikes, single blanks. */
export interface Folded {
  readonly text: string
  /** The offset in the original of a character of the folded text. */
  readonly origin: (at: number) => number
}

/** Folds a chunk; `base` is its place in the whole text. */
export function fold(chunk: string, base: number): Folded {
  const pieces: string[] = []
  /** Where each piece begins, in the folded text and in the chunk; within a piece both run in step. */
  const outs: number[] = []
  const ins: number[] = []
  let length = 0
  const put = (piece: string, at: number) => {
    if (piece === '') return
    pieces.push(piece)
    outs.push(length)
    ins.push(at)
    length += piece.length
  }
  let plain = 0
  for (let at = 0; at < chunk.length; at += 1) {
    const code = chunk.charCodeAt(at)
    if (code > 32 && code !== 39 && code !== 96 && code < 128) continue
    if (code === 32 && chunk.charCodeAt(at + 1) > 32) continue
    put(chunk.slice(plain, at).toLowerCase(), plain)
    const { text, end } = foldedAt(chunk, at, code)
    put(text, at)
    plain = end
    at = end - 1
  }
  put(chunk.slice(plain).toLowerCase(), plain)
  const origin = (at: number) => {
    let [low, high] = [0, outs.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((outs[middle] ?? 0) <= at) low = middle
      else high = middle - 1
    }
    const next = ins[low + 1] ?? chunk.length
    return base + Math.min((ins[low] ?? 0) + at - (outs[low] ?? 0), Math.max(0, next - 1))
  }
  return { text: pieces.join(''), origin }
}

/** What stands for the one character, or the run of blanks, at a place. */
function foldedAt(chunk: string, at: number, code: number): { text: string; end: number } {
  if (code > 127) {
    const { text, units } = foldWide(chunk, at)
    return { text, end: at + units }
  }
  if (code <= 32) return blankRun(chunk, at)
  return { text: joinsWords(chunk, at) ? '' : ' ', end: at + 1 }
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

/** Letters that look like small capitals. */
const SMALL_CAPITALS: Readonly<Record<string, string>> = Object.fromEntries(
  [...'ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ'].map((letter, at) => [letter, 'abcdefghijklmnoprstuvwyz'.charAt(at)]),
)

function foldWide(chunk: string, at: number): { text: string; units: number } {
  const point = chunk.codePointAt(at) ?? 0
  const units = point > 0xffff ? 2 : 1
  if (point >= 0xe0000 && point <= 0xe007f) return { text: fromTag(point), units }
  if (point >= 0xe0100 && point <= 0xe01ef) return { text: '', units }
  const character = chunk.slice(at, at + units)
  if (INVISIBLE.test(character)) return { text: '', units }
  if (point === 0x2019 || point === 0x2018 || point === 0x02bc)
    return { text: joinsWords(chunk, at) ? '' : ' ', units }
  if (point >= 0x1f1e6 && point <= 0x1f1ff) return { text: String.fromCharCode(point - 0x1f1e6 + 97), units }
  const plain = plainLetter(point, character)
  const alike = SMALL_CAPITALS[plain] ?? (besideLatin(chunk, at) ? LOOK_ALIKES[plain] : undefined)
  if (alike !== undefined) return { text: alike, units }
  return { text: plain === '\u2800' || /^\s+$/.test(plain) ? ' ' : plain, units }
}

/** Most texts hold few letters many times. */
const PLAIN = new Map<number, string>()
const MOST_REMEMBERED = 8_192

function plainLetter(point: number, character: string): string {
  const known = PLAIN.get(point)
  if (known !== undefined) return known
  const plain = withoutAccents(character.normalize('NFKC').toLowerCase())
  if (PLAIN.size < MOST_REMEMBERED) PLAIN.set(point, plain)
  return plain
}

/** Letters as they are typed in a hurry: `précédent` and `precedent` are one word; marks heaped on letters fall away. */
export function withoutAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u0488\u0489]/g, '')
    .normalize('NFC')
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
