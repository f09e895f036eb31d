import type { Unprinted } from './finding.ts'
import { expression } from './flow/conditions-of-rules.ts'
import type { Language } from './language.ts'
import { plainFinding } from './suppression.ts'

const LONGEST_LINE = 4_000
/** Parts of pages that the program itself puts together. */
const OWN_PARTS =
  /^(?:\.$|include|partial|body|content|yield|children|layout|block|slot|head(?!er)|script|style|defaultContent|csrf|method_field|t\(|__\(|render|form_|['"`])/
/** Values that were made harmless, or are named as the markup that they are meant to be. */
const MADE_HARMLESS =
  /sanitiz|sanitis|purif|escape|clean|tojson|to_json|json_script|json_encode|markdown|icon|svg|html/i

/** What a template puts into a page without escaping it, line by line: no template is parsed. */
export function scanTemplate({ rules }: Language, path: string, lines: readonly string[]): Unprinted[] {
  const named = /\.[A-Za-z0-9]{1,12}$/.test(path)
  const sightings = rules.flatMap((rule) =>
    rule.when.flatMap(({ text, files }) =>
      text === undefined || (named && files !== undefined && !expression(files).test(path))
        ? []
        : [{ rule, text: expression(text) }],
    ),
  )
  if (sightings.length === 0) return []
  return lines.flatMap((line, index) => {
    const shown = line.slice(0, LONGEST_LINE)
    return sightings.flatMap(({ rule, text }) => {
      const match = text.exec(shown)
      if (match === null) return []
      const value = match.slice(1).find((group) => group !== undefined) ?? ''
      if (OWN_PARTS.test(value.trim()) || MADE_HARMLESS.test(value)) return []
      const { id, class: kind, cwe, severity, message, fix } = rule
      return [plainFinding(path, index + 1, line, { rule: id, class: kind, cwe, severity, message, fix })]
    })
  })
}

const SCRIPT = /<script\b([^>]{0,400})>/gi
const NOT_SCRIPT =
  /\bsrc\s*=|type\s*=\s*["']?(?!text\/javascript|module|application\/javascript|text\/babel|text\/typescript)/i

/** The script that stands in a page, at the lines where it stands; undefined when there is none. */
export function scriptIn(text: string): { readonly text: string; readonly typed: boolean } | undefined {
  const parts: string[] = []
  let end = 0
  let typed = false
  for (const match of text.matchAll(SCRIPT)) {
    const from = match.index + match[0].length
    if (match.index < end || NOT_SCRIPT.test(match[1] ?? '')) continue
    const to = text.indexOf('</script', from)
    if (to < 0) break
    typed ||= /lang\s*=\s*["']?tsx?\b/i.test(match[1] ?? '')
    parts.push(blank(text.slice(end, from)), text.slice(from, to))
    end = to
  }
  return parts.length === 0 ? undefined : { text: parts.join(''), typed }
}

/** Nothing but the line breaks: places keep their lines. */
function blank(text: string): string {
  return text.replace(/[^\n]+/g, (line) => ' '.repeat(line.length))
}
