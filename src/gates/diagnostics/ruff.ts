import { type Finding, finding } from './finding.ts'
import { jsonArrayIn } from './json-in-output.ts'
import type { PlainOutput } from './plain-output.ts'

const CODE = '([A-Z]+\\d+|invalid-syntax|unformatted|SyntaxError)(?: \\[[*-]\\])?:? '
const CONCISE = new RegExp(`^(\\S.*?):(\\d+):\\d+: ${CODE}(.*)$`)
const FULL = new RegExp(`^${CODE}(.*)$`)
const ARROW = /^\s*--> (\S.*?):(\d+):\d+$/
const GROUP = /^(\S.*):$/
const GROUPED = new RegExp(`^\\s+(\\d+):\\d+\\s+${CODE}(.*)$`)
const FORMAT = /^Would reformat: (.+)$/

export function recognisesRuff(output: PlainOutput): boolean {
  return (
    /^Would reformat: |^ *--> .*\.pyi?:\d+:\d+$|^ {4}"filename": /m.test(output.text) ||
    /\.(?:pyi?|ipynb):\d+:\d+: (?:[A-Z]+\d+|invalid-syntax|SyntaxError)\b/.test(output.text) ||
    /^ +\d+:\d+ +[A-Z]+\d+ /m.test(output.text)
  )
}

/** Ruff's check (full, concise, grouped, JSON) and format --check. flake8 prints the concise form too. */
export function parseRuff(output: PlainOutput): Finding[] {
  return fromJson(output) ?? fromText(output)
}

function fromText(output: PlainOutput): Finding[] {
  const lines = output.lines
  let group = ''
  return lines.flatMap((text, index) => {
    group = GROUP.exec(text)?.[1] ?? group
    const [, file, line, rule, message = ''] =
      CONCISE.exec(text) ?? full(text, lines[index + 1]) ?? grouped(text, group) ?? []
    if (rule !== undefined) return [finding({ tool: 'ruff', rule, file, line, message })]
    const unformatted = FORMAT.exec(text)
    if (unformatted === null) return []
    return [finding({ tool: 'ruff', rule: 'format', file: unformatted[1], message: 'is not formatted' })]
  })
}

function full(text: string, next = ''): string[] | undefined {
  const heading = FULL.exec(text)
  const arrow = heading === null ? null : ARROW.exec(next)
  return heading === null || arrow === null
    ? undefined
    : ['', arrow[1] ?? '', arrow[2] ?? '', heading[1] ?? '', heading[2] ?? '']
}

function grouped(text: string, file: string): string[] | undefined {
  const entry = GROUPED.exec(text)
  return entry === null ? undefined : ['', file, entry[1] ?? '', entry[2] ?? '', entry[3] ?? '']
}

interface Violation {
  readonly code: unknown
  readonly filename: unknown
  readonly message: unknown
  readonly location: { readonly row?: unknown } | null
}

function fromJson(output: PlainOutput): Finding[] | undefined {
  return jsonArrayIn<Violation>(output.whole, '[')
    ?.filter((violation) => typeof violation.filename === 'string')
    .map(({ code, filename, message, location }) =>
      finding({
        tool: 'ruff',
        rule: typeof code === 'string' ? code : 'invalid-syntax',
        file: String(filename),
        line: Number(location?.row),
        message: String(message),
      }),
    )
}
