import type { ScanFinding } from '#contract/scan-report.ts'
import { fingerprinted, type Unprinted } from './finding.ts'

export interface Suppression {
  /** A rule's id, its class, or `*`. */
  readonly rule: string
  readonly reason: string | undefined
  /** Counts from 1; it speaks of its own line and of the next. */
  readonly line: number
}

const COMMENT = /airlock-ignore:[ \t]{0,8}([\w.*-]{1,80})(?:[ \t]{1,8}--[ \t]{0,8}([^\n]{1,400}))?/

/** The comments of a text that ask for findings to be left alone. */
export function suppressionsOf(lines: readonly string[]): Suppression[] {
  return lines.flatMap((text, index) => {
    if (!text.includes('airlock-ignore')) return []
    const match = COMMENT.exec(text)
    if (match === null) return []
    const reason = match[2]?.replace(/(?:\*\/|-->|\*\)|\}\})\s*$/, '').trim()
    return [
      { rule: match[1] ?? '', reason: reason === '' ? undefined : reason?.toWellFormed(), line: index + 1 },
    ]
  })
}

/** Marks what a reason was given for. A comment without a reason suppresses nothing and is a finding itself. */
export function suppressed(
  findings: readonly Unprinted[],
  suppressions: readonly Suppression[],
  path: string,
  lines: readonly string[],
): Unprinted[] {
  const marked = findings.map((finding): Unprinted => {
    const found = suppressions.find(
      ({ rule, line, reason }) =>
        reason !== undefined &&
        (line === finding.line || line === finding.line - 1) &&
        (rule === '*' || rule === finding.rule || rule === finding.class),
    )
    return found?.reason === undefined ? finding : { ...finding, suppressed: found.reason }
  })
  const bare = suppressions
    .filter(({ reason }) => reason === undefined)
    .map(({ line, rule }) =>
      plainFinding(path, line, lines[line - 1] ?? '', {
        rule: 'airlock.unreasoned-suppression',
        class: 'unreasoned-suppression',
        severity: 'medium',
        message: `A comment asks to ignore ${rule} and gives no reason.`,
        fix: `Say why: \`airlock-ignore: ${rule} -- <reason>\`.`,
      }),
    )
  return [...marked, ...bare]
}

/** A finding about a line as a whole. */
export function plainFinding(
  path: string,
  line: number,
  text: string,
  said: Pick<Unprinted, 'rule' | 'class' | 'severity' | 'message' | 'fix'> & { readonly cwe?: number },
): Unprinted {
  return {
    tool: 'airlock',
    ...said,
    message: said.message.toWellFormed(),
    path,
    line,
    column: 1,
    endLine: line,
    endColumn: Math.max(1, text.length + 1),
    snippet: text.trim().slice(0, 160).toWellFormed(),
    flow: [],
  }
}

export type NotScanned =
  | 'minified'
  | 'too_large'
  | 'too_deep'
  | 'too_complex'
  | 'too_slow'
  | 'binary'
  | 'link'
  | 'unparsable'
  | 'disguised'
  | 'broke_scanner'

const WHY: Readonly<Record<NotScanned, string>> = {
  minified: 'a program wrote it, and nobody can read it',
  too_large: 'it is too large',
  too_deep: 'it is nested deeper than anybody writes',
  too_complex: 'it is too complex to follow to its end',
  too_slow: 'to read it takes too long',
  binary: 'it is not text in UTF-8',
  link: 'it is a link, and what it leads to may bear the name of no program',
  unparsable: 'it does not parse',
  disguised: 'it is written so that what runs is not what anybody reads',
  broke_scanner: 'what reads it did not survive it',
}

/** What could not be scanned blocks a change; of a tree that stands it is only told. */
export function couldNotScan(
  path: string,
  why: NotScanned,
  severity: 'low' | 'medium' = 'medium',
): ScanFinding[] {
  return fingerprinted([
    plainFinding(path, 1, '', {
      rule: 'airlock.could-not-scan',
      class: 'could-not-scan',
      severity,
      message: `The file could not be scanned: ${WHY[why]}.`,
      fix: 'Leave it out of the change, split it, or let a person look at it.',
    }),
  ])
}
