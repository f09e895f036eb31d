import type { Diagnostic } from '#contract/gate-report.ts'
import type { PlainOutput } from './plain-output.ts'

/** A diagnostic as a parser finds it, before it has a fingerprint. */
export type Finding = Omit<Diagnostic, 'fingerprint'>

/** Reads the output of one tool; what it does not understand it leaves out. Never throws. */
export type Parser = (output: PlainOutput) => Finding[]

interface Found {
  readonly tool: string
  readonly rule?: string | undefined
  readonly file?: string | undefined
  readonly line?: string | number | undefined
  readonly symbol?: string | undefined
  readonly severity?: string | undefined
  readonly message: string
}

/** Makes a finding of what a pattern captured: texts trimmed and bounded, paths relative to the workspace. */
export function finding(found: Found): Finding {
  const line = Number(found.line)
  return {
    tool: found.tool,
    rule: bounded(found.rule ?? '', 500),
    file: repositoryPath(found.file ?? ''),
    ...(Number.isSafeInteger(line) && line > 0 ? { line } : {}),
    ...(found.symbol === undefined || found.symbol === '' ? {} : { symbol: bounded(found.symbol, 500) }),
    severity: found.severity?.toLowerCase().startsWith('warn') === true ? 'warning' : 'error',
    message: bounded(found.message, 2_000),
  }
}

/** A path as tools print it, relative to the root of the repository where it stands inside. */
export function repositoryPath(path: string): string {
  return bounded(path, 500)
    .replace(/^file:\/\//, '')
    .replace(/^\/workspace\//, '')
    .replace(/^(?:\.\/)+/, '')
}

function bounded(text: string, length: number): string {
  // A cut may part a pair of surrogates, and a report of it has no canonical form.
  return text.trim().slice(0, length).toWellFormed()
}
