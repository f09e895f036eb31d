import { type Finding, finding } from './finding.ts'
import { goTestText } from './go-json.ts'

const COMPILER = /^(?:vet: )?(\S+\.go):(\d+)(?::\d+)?: (.*)$/
const RUNNING = /^=== (?:RUN|CONT|NAME)\s+(\S+)$/
const FAILED = /^\s*--- FAIL: (\S+) \(/
const LOGGED = /^\s+(\S+\.go):(\d+): (.*)$/
const PANIC = /^(?:panic|fatal error): (.*?)(?: \[recovered\].*)?$/
const PACKAGE = /^FAIL\t(\S+)(?:\t| \[(setup failed)\])/

export function recognisesGo(output: string): boolean {
  return /^\s*--- FAIL: |^(?:FAIL|ok {2})\t\S|^# \S+(?: \[\S+\])?\n(?:vet: )?\S+\.go:\d+|^\{"Time":.*"Action":/m.test(
    output,
  )
}

/** go build, go vet and go test (plain, -v and -json). */
export function parseGo(output: string): Finding[] {
  const lines = goTestText(output).split('\n')
  return [...compilerFindings(lines), ...testFindings(lines)]
}

function compilerFindings(lines: readonly string[]): Finding[] {
  return lines.flatMap((text) => {
    const entry = COMPILER.exec(text)
    if (entry === null) return []
    return [finding({ tool: 'go', file: entry[1], line: entry[2], message: entry[3] ?? '' })]
  })
}

interface Failed {
  readonly name: string
}

interface Log {
  readonly file: string
  readonly line: string
  readonly message: string
}

/** A package's name comes after its tests, and with -v a test's log comes before its verdict. */
function testFindings(lines: readonly string[]): Finding[] {
  const findings: Finding[] = []
  let failed: Failed[] = []
  let logs = new Map<string, Log>()
  let current = ''
  for (const text of lines) {
    const running = RUNNING.exec(text)?.[1]
    const verdict = FAILED.exec(text)?.[1]
    current = verdict ?? running ?? current
    if (verdict !== undefined) failed.push({ name: verdict })
    const [, file = '', line = '', message = ''] = LOGGED.exec(text) ?? []
    if (file !== '') logs.set(current, { file, line, message })
    const panic = PANIC.exec(text)?.[1]
    if (panic !== undefined && !logs.has(current))
      logs.set(current, { file: '', line: '', message: `panic: ${panic}` })
    const [, symbol, setup] = PACKAGE.exec(text) ?? []
    if (symbol === undefined) continue
    if (setup !== undefined) findings.push(finding({ tool: 'go', symbol, message: setup }))
    findings.push(...closePackage(failed, logs, symbol))
    failed = []
    logs = new Map()
  }
  return [...findings, ...closePackage(failed, logs, undefined)]
}

/** A parent fails because its subtest does: it is only named when it has something of its own to say. */
function closePackage(
  failed: readonly Failed[],
  logs: ReadonlyMap<string, Log>,
  symbol: string | undefined,
): Finding[] {
  return failed
    .filter(({ name }) => logs.has(name) || !failed.some((other) => other.name.startsWith(`${name}/`)))
    .map(({ name }) => {
      const log = logs.get(name)
      return finding({
        tool: 'go-test',
        rule: name,
        file: log?.file,
        line: log?.line,
        symbol,
        message: log?.message ?? 'failed',
      })
    })
}
