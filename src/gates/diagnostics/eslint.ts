import { type Finding, finding } from './finding.ts'
import { jsonArrayIn } from './json-in-output.ts'
import type { PlainOutput } from './plain-output.ts'

const STYLISH = /^\s+(\d+):\d+\s+(error|warning)\s+(\S.*)$/
const UNIX = /^(\S.*?):(\d+):\d+: (.*) \[(Error|Warning)(?:\/(\S+))?\]$/
const COMPACT = /^(\S.*?): line (\d+), col \d+, (Error|Warning) - (.*?)(?: \((\S+)\))?$/

export function recognisesEslint(output: PlainOutput): boolean {
  return /^✖ \d+ problems? \(\d+ errors?, |^\[\{"filePath":|\[(?:Error|Warning)\/[\w@/-]+\]$|, col \d+, (?:Error|Warning) - /m.test(
    output.text,
  )
}

/** ESLint: stylish (its default), unix, compact and JSON. */
export function parseEslint(output: PlainOutput): Finding[] {
  return fromJson(output) ?? fromText(output)
}

function fromText(output: PlainOutput): Finding[] {
  const findings: Finding[] = []
  let file = ''
  for (const text of output.lines) {
    const stylish = file === '' ? null : STYLISH.exec(text)
    const unix = UNIX.exec(text)
    const compact = COMPACT.exec(text)
    if (stylish !== null) {
      const [, line, severity, rest = ''] = stylish
      findings.push(finding({ tool: 'eslint', ...columns(rest), file, line, severity }))
    } else if (unix !== null) {
      const [, path, line, message = '', severity, rule] = unix
      findings.push(finding({ tool: 'eslint', rule, file: path, line, severity, message }))
    } else if (compact !== null) {
      const [, path, line, severity, message = '', rule] = compact
      findings.push(finding({ tool: 'eslint', rule, file: path, line, severity, message }))
    } else if (/^\S/.test(text)) file = text
  }
  return findings
}

/** The rule stands in a column of its own, two spaces or more after the message; a parsing error has none. */
function columns(rest: string): { message: string; rule: string } {
  const gap = rest.lastIndexOf('  ')
  return gap === -1 ? { message: rest, rule: '' } : { message: rest.slice(0, gap), rule: rest.slice(gap + 2) }
}

interface FileResult {
  readonly filePath?: unknown
  readonly messages?: readonly {
    readonly ruleId?: unknown
    readonly severity?: unknown
    readonly message?: unknown
    readonly line?: unknown
  }[]
}

function fromJson(output: PlainOutput): Finding[] | undefined {
  const results = jsonArrayIn<FileResult>(output.whole, '[{"filePath":')
  return results?.flatMap(({ filePath, messages }) =>
    (Array.isArray(messages) ? messages : []).map((message) =>
      finding({
        tool: 'eslint',
        rule: typeof message?.ruleId === 'string' ? message.ruleId : '',
        file: String(filePath),
        line: Number(message?.line),
        severity: message?.severity === 1 ? 'warning' : 'error',
        message: String(message?.message),
      }),
    ),
  )
}
