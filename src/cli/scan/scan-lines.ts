import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { ScanFinding } from '#contract/scan-report.ts'
import { inspectFile } from '#guards/code-scan/inspect.ts'
import { SEVERITIES, type Severity } from '#guards/code-scan/rule.ts'
import { languageNamed } from '#guards/code-scan/source-kind.ts'
import { couldNotScan } from '#guards/code-scan/suppression.ts'

const Item = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  text: z.string().optional(),
  path: z.string().optional(),
  lang: z.string().optional(),
})

/** The answer to one line of JSON Lines: the worst finding in front, all that count behind. */
export interface ScanVerdict {
  readonly id: string | number
  readonly verdict: 'allow' | 'flag'
  readonly class: string | null
  readonly rule: string | null
  readonly reason: string | null
  readonly cwe?: number
  readonly severity?: Severity
  readonly line?: number
  readonly findings: readonly ScanFinding[]
}

/** Judges each line `{"id","text"|"path","lang"?}`; a line that is none is flagged. */
export async function* verdictsOf(
  input: string,
  directory: string,
  least: Severity,
): AsyncGenerator<ScanVerdict> {
  let index = 0
  for (const line of input.split('\n')) {
    if (line.trim() === '') continue
    index++
    yield await verdictOf(line, index, directory, least)
  }
}

async function verdictOf(
  line: string,
  index: number,
  directory: string,
  least: Severity,
): Promise<ScanVerdict> {
  const item = parse(line)
  const id = item?.id ?? index
  if (item === undefined) return unreadable(id, 'The line is no item: it needs "text" or "path".')
  const text =
    item.text ?? (item.path === undefined ? undefined : await textOf(resolve(directory, item.path)))
  if (text === undefined) return unreadable(id, 'There is no text, or its file cannot be read.')
  const path = item.path ?? `item.${EXTENSION[languageNamed(item.lang ?? '') ?? ''] ?? 'txt'}`
  if (item.lang !== undefined && languageNamed(item.lang) === undefined && item.path === undefined)
    return unreadable(id, `The language ${item.lang.slice(0, 40)} is not known.`)
  const scan = inspectFile({
    path,
    text,
    language: item.lang !== undefined && languageNamed(item.lang) ? item.lang : undefined,
  })
  const all = [
    ...scan.findings,
    ...(scan.incomplete === undefined ? [] : couldNotScan(path, scan.incomplete)),
  ]
  const counted = all
    .filter(({ severity, suppressed }) => suppressed === undefined && atLeast(severity, least))
    .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.line - b.line)
  const [worst] = counted
  if (worst === undefined)
    return { id, verdict: 'allow', class: null, rule: null, reason: null, findings: [] }
  const { class: kind, rule, message, cwe, severity, line: at } = worst
  return {
    id,
    verdict: 'flag',
    class: kind,
    rule,
    reason: `${message} ${worst.fix}`,
    ...(cwe === undefined ? {} : { cwe }),
    severity,
    line: at,
    findings: counted,
  }
}

const EXTENSION: Readonly<Record<string, string>> = {
  javascript: 'js',
  typescript: 'ts',
  tsx: 'tsx',
  python: 'py',
  go: 'go',
  java: 'java',
  ruby: 'rb',
  php: 'php',
}

export function atLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least)
}

function parse(line: string): z.infer<typeof Item> | undefined {
  try {
    return Item.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function unreadable(id: string | number, reason: string): ScanVerdict {
  return { id, verdict: 'flag', class: 'unreadable', rule: 'airlock.unreadable', reason, findings: [] }
}
