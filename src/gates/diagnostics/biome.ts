import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

// src/a.ts:3:7 lint/style/useConst  FIXABLE  ━━━━   then an indented line:   × message (! warning, i information)
const HEADER =
  /^(\S.*?)(?::(\d+):\d+)? ((?:lint|assist|suppressions)\/\S+|parse|format|organizeImports|configuration|internalError\/\S+|project|plugin)(?:\s+FIXABLE)?(?:\s+DEPRECATED)?\s+━+/
const MESSAGE = /^\s+([×✖!i⚠ℹ]) (.*)$/

export function recognisesBiome(output: PlainOutput): boolean {
  return /^\S.* (?:lint\/\S+|assist\/\S+|parse|format|organizeImports) .*━{3}/m.test(output.text)
}

/** Biome's check, lint, format and ci commands. */
export function parseBiome(output: PlainOutput): Finding[] {
  const lines = output.lines
  return lines.flatMap((text, index) => {
    const header = HEADER.exec(text)
    if (header === null) return []
    const [, file, line, rule] = header
    const message = MESSAGE.exec(lines.slice(index + 1, index + 4).find((next) => next.trim() !== '') ?? '')
    const severity = message?.[1] === '×' || message?.[1] === '✖' ? 'error' : 'warning'
    return [finding({ tool: 'biome', rule, file, line, severity, message: message?.[2] ?? '' })]
  })
}
