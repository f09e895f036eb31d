import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, linesOnlyIn, tampering } from './changed-file.ts'
import { mayHoldTests } from './test-files.ts'

const SKIPPED =
  /\b(?:it|test|describe|suite|context|bench)\.(?:skip|skipIf|todo|failing|fails)\b|^\s*x(?:it|describe|test|specify)\s*[(`]|\b(?:t|this|test|ctx)\.skip\(|\{\s*(?:skip|todo):\s*(?:true|['"`])|@(?:pytest\.mark\.|unittest\.)?(?:skip|skipif|skipIf|skipUnless|xfail|expectedFailure)\b|\bpytest\.(?:skip|xfail|importorskip)\(|\bself\.skipTest\(|\b[tb]\.(?:Skip|SkipNow|Skipf)\(|^#\[ignore\b|^@(?:Disabled|Ignore)\b/
const FOCUSED = /\b(?:it|test|describe|suite|context)\.only\b|^\s*f(?:it|describe)\s*[(`]/

/** Tests that the patch skips, expects to fail, or leaves as the only ones that run. */
export function skippedTests({ change, before, after }: ChangedFile): TamperFinding[] {
  if (!mayHoldTests(change.path)) return []
  return linesOnlyIn(after, before).flatMap(({ text, line }) => {
    if (isComment(text)) return []
    if (SKIPPED.test(text))
      return [tampering('test-skipped', change.path, `A test is skipped: ${text.slice(0, 120)}`, line)]
    if (FOCUSED.test(text))
      return [
        tampering('test-focused', change.path, `All other tests are left out: ${text.slice(0, 120)}`, line),
      ]
    return []
  })
}

function isComment(text: string): boolean {
  return /^(?:\/\/|\/?\*|#(?!\[))/.test(text)
}
