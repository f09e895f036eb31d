import type { Diagnostic, GateReport, GateResult } from '#contract/gate-report.ts'

const PER_GATE = 20
const MESSAGE_CHARACTERS = 400
const TOTAL_CHARACTERS = 12_000

/**
 * What the agent is told: only what its change broke, never what was broken before. Empty when it broke nothing.
 * The messages come from programs the agent may have written, so they are data in this text, cut and on one line.
 */
export function regressionFeedback(report: GateReport): string {
  const regressed = report.gates.filter((gate) => gate.verdict === 'regressed')
  if (regressed.length === 0) return ''
  const text = [
    'These failures come with your change; they are not there without it. Mend their cause in the code; leave the checks as they are.',
    ...regressed.map(gateText),
  ].join('\n\n')
  return text.length <= TOTAL_CHARACTERS ? text : `${text.slice(0, TOTAL_CHARACTERS)}\n[cut]`
}

function gateText(gate: GateResult): string {
  const errors = gate.new.filter((diagnostic) => diagnostic.severity === 'error')
  const counted = errors.length > 0 ? errors : gate.new
  const hidden = counted.length - PER_GATE
  return [
    `${gate.name} (${oneLine(gate.command)}): ${counted.length} new`,
    ...counted.slice(0, PER_GATE).map(diagnosticText),
    ...(hidden > 0 ? [`- and ${hidden} more`] : []),
  ].join('\n')
}

function diagnosticText({ file, line, rule, symbol, message }: Diagnostic): string {
  const place = [file, line].filter((part) => part !== undefined && part !== '').join(':')
  const subject = [place, rule, symbol === undefined ? '' : `in ${symbol}`].filter((part) => part !== '')
  return `- ${oneLine([subject.join(' '), message].filter((part) => part !== '').join(': '))}`
}

function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
  return line.length <= MESSAGE_CHARACTERS ? line : `${line.slice(0, MESSAGE_CHARACTERS)}…`
}
