import { ok, type Result } from '#kernel/result.ts'
import type { Rule } from './cedar/rule.ts'
import { deltaOf } from './delta/delta.ts'
import { inWords } from './delta/words.ts'
import { organisationRules, type PolicyFile } from './policy-file.ts'

/** What other policies would change, in words, and how many questions were put to find it out. */
export interface Trial {
  readonly changes: readonly string[]
  readonly questions: number
}

/** Reads policies with their examples, and compares them with those of before. Takes seconds for the largest there may be. */
export function tryPolicies(before: readonly PolicyFile[], after: readonly PolicyFile[]): Result<Trial> {
  const rules = organisationRules(after)
  if (!rules.ok) return rules
  const delta = deltaOf(readable(before), rules.value)
  return ok({ changes: [...inWords(delta)], questions: delta.questions })
}

/** The rules before the change. Those that cannot be read any more forbid everything, which no comparison could tell. */
function readable(files: readonly PolicyFile[]): readonly Rule[] {
  return files.flatMap((file) => {
    const rules = organisationRules([file])
    return rules.ok ? rules.value : []
  })
}
