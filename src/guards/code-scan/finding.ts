import type { FlowStep, ScanFinding } from '#contract/scan-report.ts'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import type { Sight } from './flow/analysis.ts'
import { severityOf } from './flow/severity.ts'
import type { Trace } from './flow/value.ts'
import type { Syntax } from './syntax/tree.ts'

/** A finding before it has its fingerprint. */
export type Unprinted = Omit<ScanFinding, 'fingerprint'>

/** What a person is told of a sight. */
export function findingOf(sight: Sight, path: string, lines: readonly string[]): Unprinted {
  const { rule, at, fn, trace } = sight
  const { start, end } = at.range()
  const symbol = fn?.name?.slice(0, LONGEST_NAME).toWellFormed()
  return {
    tool: 'airlock',
    rule: rule.id,
    class: rule.class,
    cwe: rule.cwe,
    severity: severityOf(sight),
    path,
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
    ...(symbol === undefined ? {} : { symbol }),
    message: rule.message,
    fix: rule.fix,
    snippet: shown(lines[start.line] ?? '', rule.class),
    flow: trace === undefined ? [] : [...stepsOf(trace), { ...placeOf(at), what: 'reaches this' }],
  }
}

/** Gives findings of one file their fingerprints: the second of two that look alike is told apart by its turn. */
export function fingerprinted(findings: readonly Unprinted[]): ScanFinding[] {
  const turns = new Map<string, number>()
  return [...findings]
    .sort((a, b) => a.line - b.line || a.column - b.column || a.rule.localeCompare(b.rule))
    .map((finding) => {
      const { tool, rule, path, symbol, snippet } = finding
      const words = [tool, rule, path, symbol ?? '', snippet.replace(/\s+/g, ' ').trim()]
      const said = canonicalJson(words.map((word) => word.toWellFormed()))
      const turn = turns.get(said) ?? 0
      turns.set(said, turn + 1)
      return { fingerprint: digestOf(canonicalJson([said, turn])), ...finding }
    })
}

export const LONGEST_SNIPPET = 160

/** The line, cut; of a credential only that it is one. */
function shown(line: string, kind: string): string {
  const text = kind === 'hardcoded-credentials' ? line.replace(/(["'`])(?:(?!\1).){3,}\1/g, '$1…$1') : line
  return text.trim().slice(0, LONGEST_SNIPPET).toWellFormed()
}

const LONGEST_NAME = 200

function stepsOf(trace: Trace): FlowStep[] {
  const steps: FlowStep[] = []
  for (let at: Trace | undefined = trace; at !== undefined; at = at.from)
    steps.push({ ...placeOf(at.at), what: at.what.slice(0, LONGEST_NAME).toWellFormed() })
  return steps.reverse()
}

function placeOf(at: Syntax): { line: number; column: number } {
  const { start } = at.range()
  return { line: start.line + 1, column: start.column + 1 }
}
