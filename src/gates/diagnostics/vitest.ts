import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

const FAILED = /^ FAIL {2}(\S.*)$/
const FRAME = /^ ❯ (?:.* )?(\S+?):(\d+):\d+$/
const UNHANDLED = /^⎯+ (Unhandled (?:Rejection|Error|Errors)|Typecheck Error|Uncaught Exception) ⎯+$/
const RULE_OFF = /^⎯+/

export function recognisesVitest(output: PlainOutput): boolean {
  return /^ (?:RUN|DEV) {2}v\d|^⎯+ Failed (?:Tests|Suites) \d+ ⎯/m.test(output.text)
}

/** Vitest's default, verbose and dot reporters: the blocks below "Failed Tests" and "Failed Suites". */
export function parseVitest(output: PlainOutput): Finding[] {
  const lines = output.lines
  return lines.flatMap((text, index) => {
    const failed = FAILED.exec(text)
    if (failed !== null) return [failure(failed[1] ?? '', lines, index + 1)]
    const unhandled = UNHANDLED.exec(text)
    if (unhandled === null || unhandled[1] === 'Unhandled Errors') return []
    return [finding({ tool: 'vitest', rule: unhandled[1], message: firstMessage(lines, index + 1) })]
  })
}

function failure(title: string, lines: readonly string[], start: number): Finding {
  const [first = '', ...names] = title.replace(/^\|[^|]*\| /, '').split(' > ')
  const file = first.replace(/ \[ .* \]$/, '')
  const line = frameIn(file, lines, start)
  return finding({
    tool: 'vitest',
    rule: names.join(' > '),
    file,
    line,
    message: firstMessage(lines, start),
  })
}

/** Tests that failed in the same way stand above one message: their titles are skipped. */
function firstMessage(lines: readonly string[], start: number): string {
  const found = lines.slice(start, start + 100).find((line) => line.trim() !== '' && !FAILED.test(line))
  return found === undefined || RULE_OFF.test(found) ? '' : found
}

function frameIn(file: string, lines: readonly string[], start: number): string | undefined {
  for (const text of lines.slice(start, start + 200)) {
    if (RULE_OFF.test(text)) return undefined
    const frame = FRAME.exec(text)
    if (frame !== null && frame[1] === file) return frame[2]
  }
  return undefined
}
