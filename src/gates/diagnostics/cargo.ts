import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

const HEADING = /^(error|warning)(?:\[(\w+)\])?: (.*)$/
const ARROW = /^\s*--> (\S.*?):(\d+):\d+$/
const CLIPPY = /rust-clippy\/\S*#(\w+)$/
const FAILED = /^test (.+) \.\.\. FAILED$/
const OUTPUT = /^---- (.+) stdout ----$/
const PANICKED = /panicked at (?:'(.*)', )?(\S+?):(\d+):\d+:?$/
const FORMAT = /^Diff in (\S.*?)(?: at line \d+|:\d+):$/

export function recognisesCargo(output: PlainOutput): boolean {
  return /^(?:error|warning)(?:\[\w+\])?: .*\n +--> |^test result: |^error: could not compile |^Diff in \S.*\.rs|^error: test failed/m.test(
    output.text,
  )
}

/** cargo build, check, clippy, test and fmt --check, as they print for people. */
export function parseCargo(output: PlainOutput): Finding[] {
  const lines = output.lines
  return [...compilerFindings(lines), ...testFindings(lines), ...formatFindings(lines)]
}

/**
 * The name of a rustc lint stands only at the first of its kind, so it is no rule here: it would move with the order.
 * Clippy links its lint every time.
 */
function compilerFindings(lines: readonly string[]): Finding[] {
  return lines.flatMap((text, index) => {
    const heading = HEADING.exec(text)
    const arrow =
      heading === null ? undefined : lines.slice(index + 1, index + 4).find((line) => ARROW.test(line))
    if (heading === null || arrow === undefined) return []
    const [, severity, code, message = ''] = heading
    const [, file, line] = ARROW.exec(arrow) ?? []
    const rest = lines.slice(index + 1, index + 60)
    const block = rest.slice(0, rest.indexOf('') === -1 ? rest.length : rest.indexOf(''))
    const clippy = block.map((next) => CLIPPY.exec(next)?.[1]).find((lint) => lint !== undefined)
    return [finding({ tool: 'cargo', rule: code ?? clippy, file, line, severity, message })]
  })
}

function testFindings(lines: readonly string[]): Finding[] {
  const outputs = new Map(lines.map((text, index) => [OUTPUT.exec(text)?.[1], index + 1]))
  return lines.flatMap((text) => {
    const name = FAILED.exec(text)?.[1]
    if (name === undefined) return []
    const start = outputs.get(name)
    const { file, line, message } = reason(start === undefined ? [] : lines.slice(start, start + 200))
    return [finding({ tool: 'cargo-test', rule: name.replace(/ \(line \d+\)$/, ''), file, line, message })]
  })
}

function reason(below: readonly string[]): {
  file?: string | undefined
  line?: string | undefined
  message: string
} {
  for (const [index, text] of below.entries()) {
    if (OUTPUT.test(text) || text === 'failures:') break
    const panicked = PANICKED.exec(text)
    if (panicked !== null)
      return { file: panicked[2], line: panicked[3], message: panicked[1] ?? below[index + 1] ?? '' }
    if (text.startsWith('Error: ')) return { message: text }
  }
  return { message: 'failed' }
}

function formatFindings(lines: readonly string[]): Finding[] {
  return lines.flatMap((text) => {
    const file = FORMAT.exec(text)?.[1]
    return file === undefined
      ? []
      : [finding({ tool: 'rustfmt', rule: 'format', file, message: 'is not formatted' })]
  })
}
