/**
 * What a terminal would act on instead of showing: C0 and C1 controls, and everything that reorders or hides text or shows
 * nothing at all (CVE-2021-42574; variation selectors have carried whole programs). An agent writes file names, summaries and
 * diffs; none may move our cursor, fake our words or pass unseen.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Text of one line, every unsafe character written out as `\x1b` or `\u202e`. */
export function oneLine(text: string): string {
  return text.replace(UNSAFE, escaped)
}

/** Text of several lines: line ends and tabs stay, everything else unsafe is written out. */
export function manyLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (mark) => (mark === '\n' || mark === '\t' ? mark : escaped(mark)))
}

/** JSON that says the same and holds nothing unsafe: `--json` is read on terminals too, and C1 controls need no escape in JSON. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (mark) =>
    mark === '\n' ? mark : unicodeEscaped(mark),
  )
}

/** One line of at most `width` characters, an ellipsis in place of what was cut. */
export function shortened(text: string, width: number): string {
  const clean = oneLine(text.replaceAll(/\s+/g, ' ').trim())
  const marks = [...clean]
  return marks.length <= width ? clean : `${marks.slice(0, Math.max(1, width - 1)).join('')}…`
}

function escaped(mark: string): string {
  const code = mark.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`
}

function unicodeEscaped(mark: string): string {
  return mark
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
