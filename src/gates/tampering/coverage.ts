import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, tampering } from './changed-file.ts'

const THRESHOLD =
  /\b(lines|branches|functions|statements|fail[_-]under|cov-fail-under|check-coverage|coverageThreshold|minimum_coverage|threshold|target|max-warnings)\b["']?[ \t]{0,8}[:= ][ \t]{0,8}["']?(\d+(?:\.\d+)?)/g
const CONFIGURATION =
  /\.(?:json|ya?ml|toml|cfg|ini|[cm]?[jt]s)$|(?:^|\/)(?:\.coveragerc|Makefile|\.nycrc|\.c8rc)$/
const NAMED_FOR_IT =
  /config|package\.json|coverage|nyc|c8|codecov|pyproject|setup\.cfg|tox\.ini|pytest\.ini|Makefile|\.github\//i

/** Thresholds of coverage that a configuration lowers, and counts of allowed warnings that it raises. */
export function coverageLowered({ change, before, after }: ChangedFile): TamperFinding[] {
  const { path } = change
  if (before === undefined || after === undefined) return []
  if (!CONFIGURATION.test(path) || !NAMED_FOR_IT.test(path)) return []
  const now = Map.groupBy(thresholds(after), ({ name }) => name)
  return [...Map.groupBy(thresholds(before), ({ name }) => name)].flatMap(([name, was]) =>
    was.flatMap(({ value }, index) => {
      const later = now.get(name)?.[index]?.value
      const looser = later !== undefined && (name === 'max-warnings' ? later > value : later < value)
      return looser
        ? [tampering('threshold-lowered', path, `The threshold "${name}" goes from ${value} to ${later}.`)]
        : []
    }),
  )
}

function thresholds(text: string): { name: string; value: number }[] {
  return [...text.matchAll(THRESHOLD)].map(([, name = '', value]) => ({ name, value: Number(value) }))
}
