/**
 * What a terminal would act on instead of showing: C0 and C1 controls, and the marks that reorder or hide text
 * (CVE-2021-42574). An agent writes file names, summaries and diffs; none may move our cursor or fake our words.
 */
const UNSAFE = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu

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
