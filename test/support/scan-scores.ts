import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { CLASS_TITLE, SCAN_CLASSES, type ScanClass } from '#guards/code-scan/class.ts'
import { exampledRules } from '#guards/code-scan/examples.ts'
import { scanFile } from '#guards/code-scan/scan.ts'

const PAIRS = resolve(import.meta.dirname, '../vectors/code-scan')

/** A program with a weakness, and the same program mended; `source` says whose documentation it follows. */
export interface ScanPair {
  readonly class: ScanClass
  readonly language: string
  readonly source: string
  readonly vulnerable: string
  readonly fixed: string
}

export function scanPairs(): ScanPair[] {
  return readdirSync(PAIRS)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) =>
      (parse(readFileSync(join(PAIRS, file), 'utf8')) as Record<string, string>[]).map((pair) => ({
        class: (pair.class ?? file.replace('.yaml', '')) as ScanClass,
        language: pair.lang ?? '',
        source: pair.source ?? '',
        vulnerable: pair.vulnerable ?? '',
        fixed: pair.fixed ?? '',
      })),
    )
}

/** Whether a finding of this class that would block is told. */
export function isFlagged(
  language: string,
  text: string,
  kind: ScanClass,
  least: 'low' | 'medium' = 'medium',
): boolean {
  return scanFile({ path: 'example', text, language }).findings.some(
    ({ class: found, severity }) => found === kind && (least === 'low' || severity !== 'low'),
  )
}

/** The table of docs/guards-scan.md: for each class what is found of what is there, and what is told where nothing is. */
export function scoreTable(): string[] {
  const scores = new Map<ScanClass, { found: number; there: number; alarms: number; harmless: number }>()
  const count = (kind: ScanClass, vulnerable: boolean, flagged: boolean) => {
    const score = scores.get(kind) ?? { found: 0, there: 0, alarms: 0, harmless: 0 }
    if (vulnerable) {
      score.there++
      score.found += Number(flagged)
    } else {
      score.harmless++
      score.alarms += Number(flagged)
    }
    scores.set(kind, score)
  }
  for (const { class: kind, language, vulnerable, fixed } of scanPairs()) {
    count(kind, true, isFlagged(language, vulnerable, kind))
    count(kind, false, isFlagged(language, fixed, kind))
  }
  for (const { language, rule, finds, leaves } of exampledRules()) {
    const least = rule.severity === 'low' ? 'low' : 'medium'
    for (const text of finds) count(rule.class, true, isFlagged(language, text, rule.class, least))
    for (const text of leaves) count(rule.class, false, isFlagged(language, text, rule.class, least))
  }
  return SCAN_CLASSES.flatMap((kind) => {
    const score = scores.get(kind)
    if (score === undefined) return []
    const [title, cwe] = CLASS_TITLE[kind]
    return [
      `| ${title} | \`${kind}\` | ${cwe} | ${score.found} of ${score.there} | ${score.alarms} of ${score.harmless} |`,
    ]
  })
}
