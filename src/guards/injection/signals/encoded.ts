/** A stretch of text that says something else once it is decoded. */
export interface Encoded {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly how: string
}

const BASE64 = /[A-Za-z0-9+/_-]{24,8000}={0,2}/g
const HEX =
  /(?:[0-9a-fA-F]{2}[ :]?){16,4000}|(?:\\x[0-9a-fA-F]{2}){12,4000}|(?:0x[0-9a-fA-F]{2}[ ,]{1,2}){12,2000}/g
const PERCENT = /(?:%[0-9a-fA-F]{2}|[\w.+-]){0,20}(?:%[0-9a-fA-F]{2}[\w.+-]{0,40}){3,500}/g
const ESCAPES = /(?:\\u[0-9a-fA-F]{4}){8,2000}|(?:&#x?[0-9a-fA-F]{2,6};){8,2000}/g
const SPACED = /(?:^|[^\p{L}])((?:\p{L}[ .\-_*]{1,2}){12,400}\p{L})(?!\p{L})/gu
const BINARY = /(?:[01]{8}[ ,]?){10,2000}/g
const MOST = 40

/** Whatever in the text decodes to readable text, one level deep. */
export function encodedParts(text: string): Encoded[] {
  return [
    ...parts(text, BASE64, 'base64', fromBase64),
    ...parts(text, HEX, 'hexadecimal', fromHex),
    ...(text.includes('%') ? parts(text, PERCENT, 'an encoded address', fromPercent) : []),
    ...parts(text, ESCAPES, 'escapes', fromEscapes),
    ...parts(text, SPACED, 'letters set apart', (run) =>
      run
        .replace(/[ .\-_*]{2}/g, '\u0000')
        .replace(/[ .\-_*]/g, '')
        .replaceAll('\u0000', ' '),
    ),
    ...parts(text, BINARY, 'binary digits', (run) =>
      printable(
        Buffer.from((run.match(/[01]{8}/g) ?? []).map((digits) => Number.parseInt(digits, 2))).toString(
          'latin1',
        ),
      ),
    ),
    ...whole(text),
  ]
}

function parts(
  text: string,
  pattern: RegExp,
  how: string,
  decode: (run: string) => string | undefined,
): Encoded[] {
  const found: Encoded[] = []
  for (const match of text.matchAll(pattern)) {
    if (found.length >= MOST) break
    const decoded = decode(match[0])
    if (decoded !== undefined && decoded.length >= 12 && / /.test(decoded))
      found.push({ text: decoded, start: match.index, end: match.index + match[0].length, how })
  }
  return found
}

const ROT13_WORDS =
  /\b(?:vtaber|qvfertneq|sbetrg|bireevqr|vafgehpgvba|vafgehpgvbaf|cebzcg|cerivbhf|lbhe|flfgrz|cnffjbeq|erirny)\b/gi
const REVERSED_WORDS =
  /\b(?:erongi|drager?sid|tegrof|snoitcurtsni|noitcurtsni|tpmorp|suoiverp|metsys|drowssap|laever)\b/gi
const LEET = /\b(?=[a-z0-9@$!|]*[a-z])(?=[a-z0-9@$!|]*[0-9@$!|])[a-z0-9@$!|]{4,20}\b/gi
const LEET_LETTERS: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  8: 'b',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
}

/** Ciphers over the whole text, tried only where their words show. */
function whole(text: string): Encoded[] {
  const sample = text
  const all = (decoded: string, how: string): Encoded[] => [
    { text: decoded, start: 0, end: Math.min(text.length, 80), how },
  ]
  return [
    ...((sample.match(ROT13_WORDS)?.length ?? 0) >= 2 ? all(rot13(sample), 'rot13') : []),
    ...((sample.match(REVERSED_WORDS)?.length ?? 0) >= 2
      ? all([...sample].reverse().join(''), 'reversed letters')
      : []),
    ...((sample.match(LEET)?.length ?? 0) >= 3
      ? all(
          sample.replace(LEET, (word) =>
            word.replace(/[013457 8@$!|]/g, (sign) => LEET_LETTERS[sign] ?? sign),
          ),
          'digits for letters',
        )
      : []),
  ]
}

function fromBase64(run: string): string | undefined {
  if (run.length % 4 === 1 || !/[A-Z]/.test(run) || !/[a-z]/.test(run)) return undefined
  return printable(Buffer.from(run, 'base64').toString('utf8'))
}

function fromHex(run: string): string | undefined {
  return printable(Buffer.from(run.replace(/0x|\\x|[ :,]/g, ''), 'hex').toString('utf8'))
}

function fromPercent(run: string): string | undefined {
  return printable(
    run
      .replace(/\+/g, ' ')
      .replace(/%([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  )
}

function fromEscapes(run: string): string | undefined {
  return printable(
    run.replace(
      /\\u([0-9a-fA-F]{4})|&#(x?)([0-9a-fA-F]{2,6});/g,
      (_, unicode?: string, hex?: string, entity?: string) => {
        const point = Number.parseInt(
          unicode ?? entity ?? '20',
          unicode !== undefined || hex === 'x' ? 16 : 10,
        )
        return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : ' '
      },
    ),
  )
}

/** A decoded text counts only if nearly all of it can be read. */
function printable(decoded: string): string | undefined {
  const sample = decoded.slice(0, 400)
  const odd = sample.match(/[^\x20-\x7e\n\r\t\p{L}\p{P}\p{N}]|\ufffd/gu)?.length ?? 0
  return sample.length >= 12 && odd <= sample.length * 0.03 ? decoded : undefined
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base)
  })
}
