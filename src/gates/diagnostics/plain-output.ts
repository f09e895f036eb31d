import { stripVTControlCharacters } from 'node:util'
import { BOUNDS } from '#contract/bounds.ts'

const LINE_CHARACTERS = 1_000
const LINES = 200_000

/**
 * Output as a person would read it: no colours, no overwritten progress lines, `\n` endings.
 * Repository code chose these bytes, so the patterns of the parsers only meet bounded lines; `whole` is for JSON alone.
 */
export interface PlainOutput {
  readonly lines: readonly string[]
  /** The same lines in one text. */
  readonly text: string
  /** The output with its long lines whole. */
  readonly whole: string
  /** True when there was more than this. */
  readonly cut: boolean
}

export function plainOutput(raw: string): PlainOutput {
  const all = raw.slice(0, BOUNDS.gateOutput).split('\n')
  const kept = all.length <= LINES ? all : [...all.slice(0, LINES / 2), ...all.slice(-LINES / 2)]
  const whole = kept.map((line) => stripVTControlCharacters(lastOverwrite(line)))
  const lines = whole.map((line) => line.slice(0, LINE_CHARACTERS))
  return {
    lines,
    text: lines.join('\n'),
    whole: whole.join('\n'),
    cut: raw.length > BOUNDS.gateOutput || all.length > LINES,
  }
}

function lastOverwrite(line: string): string {
  const ended = line.endsWith('\r') ? line.slice(0, -1) : line
  return ended.slice(ended.lastIndexOf('\r') + 1)
}
