import { type Finding, finding } from './finding.ts'
import { firstWords } from './first-words.ts'
import type { PlainOutput } from './plain-output.ts'

const FILE = /^ ?(FAIL|PASS) +(?:.* )?(\S+?)(?: \([\d.]+ m?s\))?$/
const TITLE = /^ {2}● (.+)$/
const SUITE = 'Test suite failed to run'

export function recognisesJest(output: PlainOutput): boolean {
  return /^Test Suites: .*\d+ total$/m.test(output.text)
}

/** Jest's default and verbose reporters. */
export function parseJest(output: PlainOutput): Finding[] {
  const lines = withoutSummary(output.lines)
  const findings: Finding[] = []
  let file: string | undefined
  lines.forEach((text, index) => {
    const heading = FILE.exec(text)
    if (heading !== null) file = heading[1] === 'FAIL' ? heading[2] : undefined
    const title = TITLE.exec(text)?.[1]
    if (title === undefined || file === undefined || title === 'Console') return
    const block = blockFrom(lines, index + 1)
    findings.push(
      finding({
        tool: 'jest',
        rule: title === SUITE ? '' : title.replaceAll(' › ', ' > '),
        file,
        line: lineIn(file, block),
        message: messageOf(block),
      }),
    )
  })
  return findings
}

/** Long runs print every failure a second time at the end. */
function withoutSummary(lines: readonly string[]): readonly string[] {
  const summary = lines.indexOf('Summary of all failing tests')
  return summary === -1 ? lines : lines.slice(0, summary)
}

function blockFrom(lines: readonly string[], start: number): readonly string[] {
  const rest = lines.slice(start, start + 300)
  const end = rest.findIndex((line) => TITLE.test(line) || FILE.test(line) || /^\S/.test(line))
  return end === -1 ? rest : rest.slice(0, end)
}

function messageOf(block: readonly string[]): string {
  const syntax = block.find((line) => /^\s+SyntaxError: /.test(line))
  const values = block.filter((line) => /^ {4}(?:Expected|Received)\b.*: /.test(line)).slice(0, 2)
  return syntax ?? [firstWords(block), ...values.map((line) => line.trim())].join(' ')
}

function lineIn(file: string, block: readonly string[]): string | undefined {
  for (const text of block) {
    const place = /^\s+at (?:.* \()?(\S+?):(\d+):\d+\)?$/.exec(text)
    if (place !== null && place[1] === file) return place[2]
  }
  return undefined
}
