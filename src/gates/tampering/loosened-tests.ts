import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, linesOnlyIn, tampering } from './changed-file.ts'
import { isTestFile, TEST_START } from './test-files.ts'

const ASSERTION =
  /\bexpect\(|\bassert\w*[.(! ]|\bself\.assert\w+\(|\bshould\.|\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\b(?:require|assert)\.[A-Z]\w+\(|\bpytest\.raises\(/g
const EMPTY =
  /\bexpect\((true|1)\)\.(?:toBe|toEqual|toBeTruthy)\(|\bassert(?:\.ok)?\((?:true|1)\)|^assert True\b|\bassertTrue\(True\)|\bassert!\(true\)/

/** Existing tests with fewer assertions, with other expectations, or with assertions that always hold. */
export function loosenedTests({ change, before, after }: ChangedFile): TamperFinding[] {
  const { path } = change
  if (before === undefined || after === undefined || !isTestFile(path)) return []
  const added = linesOnlyIn(after, before)
  const empty = added.find(({ text }) => EMPTY.test(text))
  const always =
    empty === undefined
      ? []
      : [
          tampering(
            'assertion-empty',
            path,
            `An assertion always holds: ${empty.text.slice(0, 120)}`,
            empty.line,
          ),
        ]
  return [
    ...always,
    ...changedAssertions(
      path,
      before,
      after,
      added.map(({ text }) => text),
    ),
  ]
}

/** A removed assertion in a test that stays; whole tests that go are another finding. */
function changedAssertions(
  path: string,
  before: string,
  after: string,
  added: readonly string[],
): TamperFinding[] {
  const removed = linesOnlyIn(before, after)
  const gone = removed.filter(({ text }) => count(text) > 0 && !TEST_START.test(text))
  if (gone.length === 0) return []
  const lost = count(before) - count(after)
  const example = gone[0]?.text.slice(0, 120) ?? ''
  if (lost > 0)
    return [
      tampering('assertions-removed', path, `${lost} fewer assertions than before; gone is: ${example}`),
    ]
  const replaced = added.some((text) => count(text) > 0)
  return replaced
    ? [tampering('assertion-changed', path, `What an existing test expects is changed; it was: ${example}`)]
    : []
}

function count(text: string): number {
  return text.match(ASSERTION)?.length ?? 0
}
