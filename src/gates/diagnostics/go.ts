import { type Finding, finding } from './finding.ts'
import { goTestLines } from './go-json.ts'
import type { PlainOutput } from './plain-output.ts'

const COMPILER = /^(?:vet: )?(\S+\.go):(\d+)(?::\d+)?: (.*)$/
const RUNNING = /^=== (?:RUN|CONT|NAME)\s+(\S+)$/
const FAILED = /^\s*--- FAIL: (\S+) \(/
const LOGGED = /^\s+(\S+\.go):(\d+): (.*)$/
const PANIC = /^(?:panic|fatal error): (.*?)(?: \[recovered\].*)?$/
const MAX_NESTING = 20
const PACKAGE = /^FAIL\t(\S+)(?:\t| \[(setup failed)\])/

export function recognisesGo(output: PlainOutput): boolean {
  return /^\s*--- FAIL: |^(?:FAIL|ok {2})\t\S|^# \S+(?: \[\S+\])?\n(?:vet: )?\S+\.go:\d+|^\{"Time":.*"Action":/m.test(
    output.text,
  )
}

/** go build, go vet and go test (plain, -v and -json). */
export function parseGo(output: PlainOutput): Finding[] {
  const lines = goTestLines(output)
  return [...compilerFindings(lines), ...testFindings(lines)]
}

function compilerFindings(lines: readonly string[]): Finding[] {
  return lines.flatMap((text) => {
    const entry = COMPILER.exec(text)
    if (entry === null) return []
    return [finding({ tool: 'go', file: entry[1], line: entry[2], message: entry[3] ?? '' })]
  })
}

interface Log {
  readonly file: string
  readonly line: string
  readonly message: string
}

/** A package's name comes after its tests, and with -v a test's log comes before its verdict. */
function testFindings(lines: readonly string[]): Finding[] {
  const findings: Finding[] = []
  let failed: string[] = []
  let logs = new Map<string, Log>()
  let current = ''
  for (const text of lines) {
    const running = RUNNING.exec(text)?.[1]
    const verdict = FAILED.exec(text)?.[1]
    current = verdict ?? running ?? current
    if (verdict !== undefined) failed.push(verdict)
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
  failed: readonly string[],
  logs: ReadonlyMap<string, Log>,
  symbol: string | undefined,
): Finding[] {
  const parents = new Set(failed.flatMap(ancestors))
  return failed
    .filter((name) => logs.has(name) || !parents.has(name))
    .map((name) => {
      const { file, line, message }: Partial<Log> = logs.get(name) ?? {}
      return finding({ tool: 'go-test', rule: name, file, line, symbol, message: message ?? 'failed' })
    })
}

function ancestors(name: string): string[] {
  const parts = name.split('/').slice(0, MAX_NESTING)
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}
