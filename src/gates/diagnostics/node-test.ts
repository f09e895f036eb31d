import { type Finding, finding } from './finding.ts'
import { firstWords } from './first-words.ts'
import type { PlainOutput } from './plain-output.ts'

const PLACE = /^test at (\S.*?):(\d+):\d+$/
const FAILED = /^✖ (.+?) \([\d.]+ms\)(?: # .*)?$/

export function recognisesNodeTest(output: PlainOutput): boolean {
  return /^ℹ tests \d+$/m.test(output.text)
}

/** The spec reporter of node:test: the list below "failing tests". Tests marked as todo stand there too, with another sign. */
export function parseNodeTest(output: PlainOutput): Finding[] {
  const lines = output.lines
  const start = lines.lastIndexOf('✖ failing tests:')
  if (start === -1) return []
  return lines.slice(start).flatMap((text, index, section) => {
    const place = PLACE.exec(text)
    const failed = place === null ? null : FAILED.exec(section[index + 1] ?? '')
    if (place === null || failed === null) return []
    const message = firstWords(section.slice(index + 2, index + 8)).replace(/^'(.*)'$/, '$1')
    return [
      finding({
        tool: 'node-test',
        rule: failed[1] === place[1] ? '' : failed[1],
        file: place[1],
        line: place[2],
        message,
      }),
    ]
  })
}
