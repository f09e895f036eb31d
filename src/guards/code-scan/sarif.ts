import type { ScanFinding, ScanSeverity } from '#contract/scan-report.ts'
import { CLASS_TITLE, type ScanClass } from './class.ts'

/** SARIF 2.1.0 (OASIS): what other tools, forges and editors read. */
export interface SarifLog {
  readonly version: '2.1.0'
  readonly $schema: string
  readonly runs: readonly object[]
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

export function sarifOf(findings: readonly ScanFinding[], version: string): SarifLog {
  const rules = [...new Map(findings.map((finding) => [finding.rule, finding])).values()].sort((a, b) =>
    a.rule.localeCompare(b.rule),
  )
  const places = new Map(rules.map(({ rule }, index) => [rule, index]))
  return {
    version: '2.1.0',
    $schema: SCHEMA,
    runs: [
      {
        tool: { driver: { name: 'Airlock', semanticVersion: version, rules: rules.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => resultOf(finding, places.get(finding.rule) ?? 0)),
      },
    ],
  }
}

const LEVEL: Readonly<Record<ScanSeverity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
}

/** What code hosts sort findings by: from 0 to 10, as CVSS counts. */
const SCORE: Readonly<Record<ScanSeverity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
}

function ruleOf({ rule, class: kind, cwe, message, fix, severity }: ScanFinding): object {
  const title = CLASS_TITLE[kind as ScanClass]?.[0] ?? kind
  return {
    id: rule,
    name: title.replace(/[^A-Za-z]+/g, ''),
    shortDescription: { text: title },
    fullDescription: { text: message },
    help: { text: `${message} ${fix}`, markdown: `${message}\n\n**Fix:** ${fix}` },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      'security-severity': SCORE[severity],
      tags: ['security', ...(cwe === undefined ? [] : [`external/cwe/cwe-${String(cwe).padStart(3, '0')}`])],
    },
  }
}

function resultOf(finding: ScanFinding, ruleIndex: number): object {
  const { rule, severity, message, fix, fingerprint, flow, suppressed } = finding
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVEL[severity],
    message: { text: `${message} ${fix}` },
    locations: [{ physicalLocation: physical(finding) }],
    partialFingerprints: { 'airlock/v1': fingerprint },
    ...(flow.length === 0
      ? {}
      : { codeFlows: [{ threadFlows: [{ locations: flow.map((step) => stepOf(finding, step)) }] }] }),
    // Said even when empty: the log states for each result whether it is suppressed, or for none.
    suppressions:
      suppressed === undefined ? [] : [{ kind: 'inSource', status: 'accepted', justification: suppressed }],
  }
}

function physical({ path, line, column, endLine, endColumn, snippet }: ScanFinding): object {
  return {
    artifactLocation: { uri: uriOf(path) },
    region: {
      startLine: line,
      startColumn: column,
      endLine,
      endColumn,
      ...(snippet === '' ? {} : { snippet: { text: snippet } }),
    },
  }
}

function stepOf({ path }: ScanFinding, { line, column, what }: ScanFinding['flow'][number]): object {
  return {
    location: {
      physicalLocation: {
        artifactLocation: { uri: uriOf(path) },
        region: { startLine: line, startColumn: column },
      },
      message: { text: what },
    },
  }
}

/** A relative URI reference: every segment escaped, so that no name is read as a scheme or a query. */
function uriOf(path: string): string {
  const uri = path.split('/').map(encodeURIComponent).join('/')
  return /^[^/]*:/.test(path) ? `./${uri}` : uri
}
