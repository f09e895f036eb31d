import { type Finding, finding } from './finding.ts'
import { firstWords } from './first-words.ts'
import type { PlainOutput } from './plain-output.ts'
import { testFrame } from './stack-frame.ts'

const COUNT = /^ {2}\d+ failing$/
const NUMBERED = /^ {2}\d+\) (.*)$/

export function recognisesMocha(output: PlainOutput): boolean {
  return /^ {2}\d+ (?:passing \(|failing$)/m.test(output.text)
}

/** Mocha's spec, dot and list reporters: the numbered list below "failing". */
export function parseMocha(output: PlainOutput): Finding[] {
  const lines = output.lines
  const start = lines.findIndex((line) => COUNT.test(line))
  if (start === -1) return []
  const blocks: string[][] = []
  for (const line of lines.slice(start + 1)) {
    if (NUMBERED.test(line)) blocks.push([line])
    else blocks.at(-1)?.push(line)
  }
  return blocks.map(failure)
}

function failure(block: readonly string[]): Finding {
  const titles: string[] = []
  let index = 0
  for (; index < block.length && !titles.at(-1)?.endsWith(':'); index += 1) {
    const title = NUMBERED.exec(block[index] ?? '')?.[1] ?? block[index] ?? ''
    if (title.trim() === '') break
    titles.push(title.trim())
  }
  const rest = block.slice(index)
  const rule = titles.join(' > ').replace(/:$/, '')
  return finding({ tool: 'mocha', rule, ...testFrame(rest), message: firstWords(rest) })
}
