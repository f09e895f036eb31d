import type { Diagnostic } from '#contract/gate-report.ts'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import type { Finding } from './diagnostics/finding.ts'

/** Gives a finding its fingerprint: the same complaint has the same one wherever its line moved to. */
export function fingerprinted(finding: Finding): Diagnostic {
  return { ...finding, fingerprint: fingerprintOf(finding) }
}

function fingerprintOf({ tool, rule, file, symbol, severity, message }: Finding): string {
  return digestOf(canonicalJson([tool, rule, file, symbol ?? '', severity, normalisedMessage(message)]))
}

/** The message without what differs from run to run: times, addresses, identifiers, numbers, the place of the workspace. */
export function normalisedMessage(message: string): string {
  return message
    .replace(/[‘’“”`"]/g, "'")
    .replace(/(?:file:\/\/)?\/workspace\//g, '')
    .replace(/(?:\/private)?\/(?:var\/)?tmp\/[^\s'":,)]+/g, '<temporary>')
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>')
    .replace(/\b0x[0-9a-f]+\b/gi, '<hex>')
    .replace(/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b/gi, '<hex>')
    .replace(/\b\d+(?:[.,:]\d+){0,3}\s?(?:ms|µs|ns|s|sec|seconds?|minutes?|m)\b/g, '<duration>')
    .replace(/\b\d+(?:\.\d+)*\b/g, '<n>')
    .replace(/\s+/g, ' ')
    .trim()
}
