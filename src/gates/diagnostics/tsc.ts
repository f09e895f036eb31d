import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

// src/a.ts(3,7): error TS2322: …   and, with --pretty,   src/a.ts:3:7 - error TS2322: …
const PLACED = /^(\S.*?)(?:\((\d+),\d+\):|:(\d+):\d+ -) (error|warning) (TS\d+): (.*)$/
const GLOBAL = /^error (TS\d+): (.*)$/

export function recognisesTsc(output: PlainOutput): boolean {
  return /(?:^|\) ?: | - )error TS\d+: /m.test(output.text)
}

/** The TypeScript compiler, plain and pretty. */
export function parseTsc(output: PlainOutput): Finding[] {
  return output.lines.flatMap((text) => {
    const placed = PLACED.exec(text)
    if (placed !== null) {
      const [, file, line, prettyLine, severity, rule, message = ''] = placed
      return [finding({ tool: 'tsc', rule, file, line: line ?? prettyLine, severity, message })]
    }
    const global = GLOBAL.exec(text)
    return global === null ? [] : [finding({ tool: 'tsc', rule: global[1], message: global[2] ?? '' })]
  })
}
