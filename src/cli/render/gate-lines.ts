import type { Diagnostic, GateReport, GateResult } from '#contract/gate-report.ts'
import { count, duration } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { scanReportLines } from './scan-report-lines.ts'

const MOST_SHOWN = 10

/** The checks with what is new, and first of all what was done to the checks themselves. */
export function gateLines(report: GateReport | undefined, paint: Paint): readonly string[] {
  if (report === undefined) return [paint('dim', 'Not checked yet.')]
  const tampering = report.tampering.map(
    (finding) =>
      `${paint(['bold', 'yellow'], '!')} ${place(finding.path, finding.line)} ${oneLine(finding.message)} ${paint('dim', oneLine(finding.rule))}`,
  )
  const scan = scanReportLines(report.scan, paint)
  if (report.gates.length === 0)
    return [
      ...tampering,
      ...scan,
      paint('yellow', 'No checks: nothing was found to run. Define gates in airlock.yaml.'),
    ]
  const rows = report.gates.map((gate) => [
    verdict(gate, paint),
    oneLine(gate.name),
    ...counts(gate, paint),
    duration(gate.seconds),
  ])
  const right = { align: 'right' as const }
  const columns = [
    { title: 'verdict' },
    { title: 'check' },
    { title: 'new', ...right },
    { title: 'fixed', ...right },
    { title: 'before', ...right },
    { title: 'flaky', ...right },
    { title: 'time', ...right },
  ]
  return [...tampering, ...scan, ...table(columns, rows, paint).split('\n'), ...newFindings(report, paint)]
}

function verdict(gate: GateResult, paint: Paint): string {
  if (gate.verdict === 'pass') return paint('green', '✓ pass')
  return gate.verdict === 'regressed' ? paint('red', '✗ worse') : paint('yellow', '? could not check')
}

function counts(gate: GateResult, paint: Paint): readonly string[] {
  const shown = (amount: number, colour: 'red' | 'green' | 'dim' | 'yellow') =>
    amount === 0 ? paint('dim', '0') : paint(colour, String(amount))
  return [
    shown(gate.new.length, 'red'),
    shown(gate.fixed.length, 'green'),
    shown(gate.preExisting.length, 'dim'),
    shown(gate.flaky.length, 'yellow'),
  ]
}

function newFindings(report: GateReport, paint: Paint): readonly string[] {
  const all = report.gates.flatMap((gate) => gate.new)
  if (all.length === 0) return []
  const left = all.length - MOST_SHOWN
  return [
    '',
    ...all.slice(0, MOST_SHOWN).map((diagnostic) => diagnosticLine(diagnostic, paint)),
    ...(left > 0 ? [paint('dim', `and ${count(left, 'more', 'more')}: see them all with --json`)] : []),
  ]
}

function diagnosticLine(diagnostic: Diagnostic, paint: Paint): string {
  const mark = diagnostic.severity === 'error' ? paint('red', '✗') : paint('yellow', '!')
  const rule = [diagnostic.tool, diagnostic.rule]
    .filter((word) => word !== '')
    .map(oneLine)
    .join(' ')
  return `${mark} ${place(diagnostic.file, diagnostic.line)} ${oneLine(diagnostic.message)} ${paint('dim', rule)}`
}

function place(path: string, line: number | undefined): string {
  return `${oneLine(path)}${line === undefined ? '' : `:${line}`}`
}
