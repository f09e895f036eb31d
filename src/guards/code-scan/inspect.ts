import type { ScanFinding } from '#contract/scan-report.ts'
import { decidingFinding, judgeCommand, lineOf } from '../command/judge.ts'
import type { CommandClass } from '../command/verdict.ts'
import { findSecrets } from '../secrets/find.ts'
import { fingerprinted, type Unprinted } from './finding.ts'
import { type FileScan, type ScanItem, scanFile } from './scan.ts'
import { sourceKind } from './source-kind.ts'
import { plainFinding, suppressed, suppressionsOf } from './suppression.ts'

/** Everything a scan says of one file: its code, the secrets in it, and what its scripts would run. */
export function inspectFile(item: ScanItem): FileScan {
  const scan = scanFile(item)
  const { path, text } = item
  if (scan.incomplete === 'binary' || scan.incomplete === 'too_large') return scan
  const lines = text.split('\n')
  const others = [...secretsOf(path, text, lines), ...commandsOf(path, text, lines)]
  if (others.length === 0) return scan
  const asked = text.includes('airlock-ignore') ? suppressionsOf(lines) : []
  const marked = suppressed(others, asked, path, lines).filter(({ rule }) => rule !== UNREASONED)
  const known = new Set(marked.map(({ line }) => line))
  // One line, one secret: what makers' shapes say is surer than what the name of a variable says.
  const code = scan.findings.filter(
    ({ class: kind, line }) => kind !== 'hardcoded-credentials' || !known.has(line),
  )
  return { ...scan, findings: inOrder([...code, ...fingerprinted(marked)]) }
}

const UNREASONED = 'airlock.unreasoned-suppression'

function inOrder(findings: readonly ScanFinding[]): ScanFinding[] {
  return [...findings].sort((a, b) => a.line - b.line || a.column - b.column)
}

function secretsOf(path: string, text: string, lines: readonly string[]): Unprinted[] {
  return findSecrets(text, { path }).map(({ rule, reason, line, start, end, confidence, preview }) => {
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
  })
}

/** A script that asks for one of these is told of; the rest is ordinary in scripts and judged when it runs. */
const TOLD: readonly CommandClass[] = [
  'reverse-shell',
  'remote-script',
  'obfuscation',
  'exfiltration',
  'resource-bomb',
]

function commandsOf(path: string, text: string, lines: readonly string[]): Unprinted[] {
  return scriptsOf(path, text).flatMap(({ command, line: first }) => {
    const judgement = judgeCommand(command, { workspace: '/workspace', phase: 'prepare' })
    const findings = judgement.findings.filter(
      ({ verdict, class: kind }) => verdict === 'deny' && TOLD.includes(kind),
    )
    const decisive = decidingFinding(judgement)
    return findings.map((finding) => {
      const line = first + (lineOf(command, finding) ?? (decisive && lineOf(command, decisive)) ?? 1) - 1
      return plainFinding(path, line, lines[line - 1] ?? '', {
        rule: finding.rule,
        class: 'dangerous-command',
        cwe: 506,
        severity: 'high',
        message: finding.reason,
        fix: finding.remedy,
      })
    })
  })
}

const LONGEST_SCRIPT = 60_000

/** The shell in a file: a script as a whole, a `RUN` of an image, the scripts of a package. */
function scriptsOf(path: string, text: string): { readonly command: string; readonly line: number }[] {
  const name = path.split('/').at(-1) ?? ''
  if (/^(?:Dockerfile|Containerfile)/.test(name))
    return linesThat(text, /^[ \t]{0,8}RUN[ \t]{1,8}([^\s[].{0,4999})$/)
  if (name === 'package.json')
    return linesThat(text, /^\s{0,8}"[\w:.-]{1,60}":\s{0,4}"((?:[^"\\]|\\.){3,4000})",?\s*$/)
  if (sourceKind(path, text).kind !== 'shell' || text.length > LONGEST_SCRIPT) return []
  return [{ command: text, line: 1 }]
}

function linesThat(text: string, are: RegExp): { command: string; line: number }[] {
  return text.split('\n').flatMap((line, index) => {
    const command = are.exec(line.slice(0, 5_000))?.[1]
    return command === undefined ? [] : [{ command: command.replaceAll('\\"', '"'), line: index + 1 }]
  })
}
