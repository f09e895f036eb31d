import { type Finding, finding } from './finding.ts'
import { jsonArrayIn } from './json-in-output.ts'

const STYLISH = /^\s+(\d+):\d+\s+(error|warning)\s+(\S.*?)(?:\s{2,}(\S+))?$/
const UNIX = /^(\S.*?):(\d+):\d+: (.*) \[(Error|Warning)(?:\/(\S+))?\]$/
const COMPACT = /^(\S.*?): line (\d+), col \d+, (Error|Warning) - (.*?)(?: \((\S+)\))?$/

export function recognisesEslint(output: string): boolean {
  return /^✖ \d+ problems? \(\d+ errors?, |^\[\{"filePath":|\[(?:Error|Warning)\/[\w@/-]+\]$|, col \d+, (?:Error|Warning) - /m.test(
    output,
  )
}

/** ESLint: stylish (its default), unix, compact and JSON. */
export function parseEslint(output: string): Finding[] {
  return fromJson(output) ?? fromText(output)
}

function fromText(output: string): Finding[] {
  const findings: Finding[] = []
  let file = ''
  for (const text of output.split('\n')) {
    const stylish = file === '' ? null : STYLISH.exec(text)
    const unix = UNIX.exec(text)
    const compact = COMPACT.exec(text)
    if (stylish !== null) {
      const [, line, severity, message = '', rule] = stylish
      findings.push(finding({ tool: 'eslint', rule, file, line, severity, message }))
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

interface FileResult {
  readonly filePath?: unknown
  readonly messages?: readonly {
    readonly ruleId?: unknown
    readonly severity?: unknown
    readonly message?: unknown
    readonly line?: unknown
  }[]
}

function fromJson(output: string): Finding[] | undefined {
  const results = jsonArrayIn<FileResult>(output, '[{"filePath":')
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
