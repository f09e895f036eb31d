import { stripVTControlCharacters } from 'node:util'
import { BOUNDS } from '#contract/bounds.ts'

const LINE_CHARACTERS = 4_000

/**
 * Output as a person would read it: no colours, no overwritten progress lines, `\n` endings.
 * Every line is bounded, because the parsers' patterns meet bytes that repository code chose.
 */
export function plainOutput(raw: string): string {
  return raw
    .slice(0, BOUNDS.gateOutput)
    .split('\n')
    .map((line) => stripVTControlCharacters(lastOverwrite(line).slice(0, LINE_CHARACTERS)))
    .join('\n')
}

function lastOverwrite(line: string): string {
  const ended = line.endsWith('\r') ? line.slice(0, -1) : line
  return ended.slice(ended.lastIndexOf('\r') + 1)
}
