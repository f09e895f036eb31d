import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, linesOnlyIn, tampering } from './changed-file.ts'
import { isTestFile, mayHoldTests, TEST_START } from './test-files.ts'

/** Test files that are gone or no longer named as tests, and files with fewer tests than before. */
export function deletedTests({ change, before, after }: ChangedFile): TamperFinding[] {
  const { path, previousPath = path, kind } = change
  if (kind === 'added' || kind === 'copied') return []
  if (isTestFile(previousPath)) {
    if (kind === 'deleted') return [tampering('test-deleted', path, 'The test file is deleted.')]
    if (kind === 'renamed' && !isTestFile(path))
      return [
        tampering(
          'test-deleted',
          path,
          `The test file ${previousPath} is renamed, and is no test by its new name.`,
        ),
      ]
  }
  if (before === undefined || after === undefined || !mayHoldTests(path)) return []
  const lost = countTests(before) - countTests(after)
  if (lost <= 0) return []
  const removed = linesOnlyIn(before, after).find(({ text }) => TEST_START.test(text))?.text
  const example = removed === undefined ? '' : `, such as: ${removed.slice(0, 120)}`
  return [
    tampering('test-deleted', path, `${lost} ${lost === 1 ? 'test is' : 'tests are'} removed${example}`),
  ]
}

function countTests(text: string): number {
  return text.split('\n').filter((line) => TEST_START.test(line.trim().slice(0, 200))).length
}
