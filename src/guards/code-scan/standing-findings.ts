import type { ScanFinding } from '#contract/scan-report.ts'
import { digestOf } from '#kernel/bytes.ts'
import { SEVERITIES } from './rule.ts'

/**
 * The findings that a file had before a change. Fingerprints do not tell them apart well enough: they know the beginning of
 * a line and nothing of the way that leads there, and whoever mends one place could open another that looks like it.
 */
export class StandingFindings {
  /** How many look alike, by weight. */
  readonly #counts = new Map<string, number[]>()

  constructor(text: string, findings: readonly ScanFinding[]) {
    const lines = new CodeLines(text)
    for (const finding of findings) {
      const key = keyOf(finding, lines)
      const counts = this.#counts.get(key) ?? SEVERITIES.map(() => 0)
      counts[weightOf(finding)] = (counts[weightOf(finding)] ?? 0) + 1
      this.#counts.set(key, counts)
    }
  }

  /** Those findings of the file as it is now that did not stand before: each former one stands for one, and for no worse one. */
  without(text: string, findings: readonly ScanFinding[]): ScanFinding[] {
    const lines = new CodeLines(text)
    const worstFirst = findings.toSorted((a, b) => weightOf(b) - weightOf(a))
    const standing = new Set(worstFirst.filter((one) => this.#take(keyOf(one, lines), weightOf(one))))
    return findings.filter((finding) => !standing.has(finding))
  }

  #take(key: string, least: number): boolean {
    const counts = this.#counts.get(key) ?? []
    const weight = counts.findIndex((count, weight) => weight >= least && count > 0)
    if (weight < 0) return false
    counts[weight] = (counts[weight] ?? 0) - 1
    return true
  }
}

function weightOf({ severity }: ScanFinding): number {
  return SEVERITIES.indexOf(severity)
}

/** What is longer is told apart by its beginning, and by the way of the value. */
const MOST_LINES = 50

/** Rule, code and way, without their indentation and wherever they stand. */
function keyOf({ rule, line, endLine, flow }: ScanFinding, lines: CodeLines): string {
  const last = Math.min(endLine, line + MOST_LINES)
  const own = Array.from({ length: Math.max(1, last - line + 1) }, (_, index) => lines.at(line + index))
  return JSON.stringify([rule, own, flow.map((step) => lines.at(step.line))])
}

/** The lines of a text for comparison; a long one is read once, however much was found on it. */
class CodeLines {
  readonly #lines: readonly string[]
  readonly #known = new Map<number, string>()

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  /** Counts from 1. */
  at(line: number): string {
    const known = this.#known.get(line)
    if (known !== undefined) return known
    const text = (this.#lines[line - 1] ?? '').replace(/\s+/g, ' ').trim()
    const short = text.length > 200 ? digestOf(text) : text
    this.#known.set(line, short)
    return short
  }
}
