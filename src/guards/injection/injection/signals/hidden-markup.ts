/** A stretch of markup that a page does not show, and how it hides it. */
export interface Concealed {
  readonly text: string
  readonly start: number
  readonly how: string
}

const LONGEST = 8_000

const COMMENT = /<!--/g
const MARKDOWN_COMMENT = /(?:^|\n) {0,3}\[[^\]\n]{1,40}\]: ?(?:#|<>|\/\/) ?["'(]([^\n]{8,2000})/g
const HIDDEN_ELEMENT =
  /<([a-z][a-z0-9]{0,10})\b[^<>]{0,300}(?:display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden|font-size\s{0,4}:\s{0,4}[01](?:px|pt|em|%|;|"|')|opacity\s{0,4}:\s{0,4}0(?:\.0\d?)?\s{0,4}[;"']|color\s{0,4}:\s{0,4}(?:white|#fff(?:fff)?|transparent|rgba?\(255, ?255, ?255)|(?:left|top|text-indent)\s{0,4}:\s{0,4}-\d{3,6}|height\s{0,4}:\s{0,4}0|width\s{0,4}:\s{0,4}0|max-height\s{0,4}:\s{0,4}0|clip\s{0,4}:\s{0,4}rect\(0|\shidden[\s>=]|aria-hidden=["']true)[^<>]{0,300}>/gi
const ATTRIBUTE =
  /\b(?:alt|title|aria-label|content|data-[a-z-]{1,20}|summary)\s{0,2}=\s{0,2}(?:"([^"\n]{20,1500})"|'([^'\n]{20,1500})')/gi
const IMAGE_TEXT = /!\[([^\]\n]{30,1500})\]\(|\]\([^)\s]{1,300} "([^"\n]{20,1500})"\)/g

/** What a page hides from people and hands to whoever reads its source. */
export function concealedParts(text: string): Concealed[] {
  if (!/[<[]/.test(text)) return []
  return [
    ...comments(text),
    ...elements(text),
    ...grouped(text, MARKDOWN_COMMENT, 'a markdown comment'),
    ...grouped(text, ATTRIBUTE, 'an attribute'),
    ...grouped(text, IMAGE_TEXT, 'the description of an image'),
  ]
}

function comments(text: string): Concealed[] {
  const found: Concealed[] = []
  for (const { index } of text.matchAll(COMMENT)) {
    const end = text.indexOf('-->', index + 4)
    const inner = text.slice(index + 4, Math.min(end === -1 ? text.length : end, index + LONGEST))
    found.push({ text: inner, start: index + 4, how: 'a comment' })
  }
  return found
}

function elements(text: string): Concealed[] {
  const found: Concealed[] = []
  for (const match of text.matchAll(HIDDEN_ELEMENT)) {
    const start = match.index + match[0].length
    const end = text.indexOf(`</${match[1]}`, start)
    const inner = text.slice(start, Math.min(end === -1 ? start + 1_000 : end, start + LONGEST))
    found.push({ text: inner, start, how: 'an element that is not shown' })
  }
  return found
}

function grouped(text: string, pattern: RegExp, how: string): Concealed[] {
  return [...text.matchAll(pattern)].map((match) => {
    const inner = match[1] ?? match[2] ?? ''
    return { text: inner, start: match.index + match[0].indexOf(inner), how }
  })
}
