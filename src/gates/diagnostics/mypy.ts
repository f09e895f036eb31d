import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

const ENTRY = /^(\S.*?):(\d+)(?::\d+)?(?::\d+:\d+)?: (error|warning): (.*)$/
const CODE = /^(.*?) {1,2}\[([a-z][a-z-]*)\]$/
const WRAPPED_LINES = 6

export function recognisesMypy(output: PlainOutput): boolean {
  return /^Found \d+ errors? in \d+ files? \(|^\S.*\.pyi?:\d+(?::\d+)?: error: .* \[[a-z-]+\]$/m.test(
    output.text,
  )
}

/** mypy, plain and `--pretty` (which wraps its messages). */
export function parseMypy(output: PlainOutput): Finding[] {
  const lines = output.lines
  return lines.flatMap((text, index) => {
    const entry = ENTRY.exec(text)
    if (entry === null) return []
    const [, file, line, severity, start = ''] = entry
    const { message, rule } = unwrapped(start, lines.slice(index + 1, index + 1 + WRAPPED_LINES))
    return [finding({ tool: 'mypy', rule, file, line, severity, message })]
  })
}

function unwrapped(start: string, next: readonly string[]): { message: string; rule: string } {
  let joined = start
  for (const line of ['', ...next]) {
    if (/^\s|^Found |^\S+?:\d+/.test(line)) break
    joined = line === '' ? joined : `${joined.trimEnd()} ${line}`
    const code = CODE.exec(joined)
    if (code !== null) return { message: code[1] ?? '', rule: code[2] ?? '' }
  }
  return { message: start, rule: '' }
}
