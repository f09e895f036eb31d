import type { ScanFinding } from '#contract/scan-report.ts'
import { findSecrets } from '../secrets/find.ts'
import type { SecretFinding } from '../secrets/finding.ts'
import { hideAt } from '../secrets/hide.ts'
import { fingerprinted, LONGEST_SNIPPET, type Unprinted } from './finding.ts'
import { type FileScan, LARGEST, type ScanItem, scanFile } from './scan.ts'
import { judgeScripts } from './scripts.ts'
import { plainFinding, suppressed, suppressionsOf } from './suppression.ts'

export interface InspectedItem extends ScanItem {
  /** Only secrets of which there is hardly a doubt are told. */
  readonly surely?: boolean
}

/** Everything a scan says of one file: its code, the secrets in it, and what its scripts would run. */
export function inspectFile(item: InspectedItem): FileScan {
  const code = scanFile(item)
  const { path, text, surely = false } = item
  if (text.length > LARGEST) return code
  const lines = text.split('\n')
  const found = findSecrets(text, { path, confidence: surely ? 'high' : 'medium' })
  const secrets = found.map((secret) => secretFinding(path, text, lines, secret))
  const scripts = judgeScripts(path, text, lines)
  const others = [...secrets, ...scripts.findings]
  const scan = { ...code, incomplete: code.incomplete ?? scripts.incomplete }
  if (others.length === 0) return scan
  const asked = text.includes('airlock-ignore') ? suppressionsOf(lines) : []
  const marked = suppressed(others, asked, path, lines).filter(({ rule }) => rule !== UNREASONED)
  const known = new Set(secrets.map(({ line }) => line))
  // One line, one secret: what makers' shapes say is surer than what the name of a variable says.
  const rest = scan.findings
    .filter(({ class: kind, line }) => kind !== 'hardcoded-credentials' || !known.has(line))
    .map(({ fingerprint: _, ...finding }) => finding)
  const hide = hiding(lines, found)
  return { ...scan, findings: inOrder(fingerprinted([...rest, ...marked].map(hide))) }
}

const UNREASONED = 'airlock.unreasoned-suppression'

function inOrder(findings: readonly ScanFinding[]): ScanFinding[] {
  return [...findings].sort((a, b) => a.line - b.line || a.column - b.column)
}

function secretFinding(
  path: string,
  text: string,
  lines: readonly string[],
  { rule, reason, line, start, end, confidence, preview }: SecretFinding,
): Unprinted {
  const from = text.lastIndexOf('\n', start - 1) + 1
  return {
    ...plainFinding(path, line, '', {
      rule,
      class: 'hardcoded-credentials',
      cwe: 798,
      severity: confidence === 'high' ? 'high' : 'medium',
      message: reason,
      fix: 'Take it out, change it where it is valid, and read it from the environment or a secret store.',
    }),
    column: start - from + 1,
    endColumn: Math.min(end - from, (lines[line - 1] ?? '').length) + 1,
    snippet: preview,
  }
}

/** Reports are kept, signed and published: what another finding quotes of a line holds none of the secrets on it. */
function hiding(
  lines: readonly string[],
  found: readonly SecretFinding[],
): (finding: Unprinted) => Unprinted {
  const starts: number[] = []
  let offset = 0
  for (const line of found.length === 0 ? [] : lines) {
    starts.push(offset)
    offset += line.length + 1
  }
  const onLine = new Map<number, SecretFinding[]>()
  for (const secret of found)
    for (let line = secret.line; (starts[line - 1] ?? Infinity) < secret.end; line++)
      onLine.set(line, [...(onLine.get(line) ?? []), secret])
  return (finding) => {
    const here = finding.rule.startsWith('secret.') ? undefined : onLine.get(finding.line)
    if (here === undefined) return finding
    const line = hideAt(lines[finding.line - 1] ?? '', starts[finding.line - 1] ?? 0, here)
    return { ...finding, snippet: line.trim().slice(0, LONGEST_SNIPPET).toWellFormed() }
  }
}
