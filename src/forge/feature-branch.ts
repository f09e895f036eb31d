import picomatch from 'picomatch'
import { ok, type Result, refused } from '#kernel/result.ts'

declare const checked: unique symbol

/** The only kind of branch that can be pushed; made by `featureBranch` alone. */
export type FeatureBranch = string & { readonly [checked]: true }

const PATTERN = /^airlock\/[0-9]+-[a-z0-9-]+$/
const LONGEST = 250
const SLUG = 40

/** Accepts `airlock/<task>-<slug>` that is neither the default branch nor protected. */
export function featureBranch(
  text: string,
  context: { readonly defaultBranch: string; readonly neverTo: readonly string[] },
): Result<FeatureBranch> {
  const protector = [context.defaultBranch].includes(text)
    ? `the default branch '${context.defaultBranch}'`
    : context.neverTo.find(
        (glob) => text === glob || picomatch.isMatch(text, glob, { dot: true, nonegate: true }),
      )
  if (protector !== undefined)
    return refused({
      code: 'protected_branch',
      message: `Airlock never pushes to '${text.slice(0, LONGEST)}': ${protector} protects it.`,
      rule: 'branch.protected',
      remedy: 'Choose a branch of the form airlock/<task>-<slug> that no protected pattern matches.',
      details: { branch: text.slice(0, LONGEST), protector },
    })
  if (text.length <= LONGEST && PATTERN.test(text)) return ok(text as FeatureBranch)
  return refused({
    code: 'protected_branch',
    message: `Airlock pushes only to branches of its own; '${text.slice(0, LONGEST)}' is not one.`,
    rule: 'branch.pattern',
    remedy: 'Choose a branch of the form airlock/<task>-<slug>: small letters, digits and hyphens.',
    details: { branch: text.slice(0, LONGEST), pattern: PATTERN.source },
  })
}

/** The branch name a task gets unless the reviewer gives another: `airlock/42-fix-the-rounding-bug`. */
export function branchNameFor(task: number, intent: string): string {
  return `airlock/${task}-${slugOf(intent)}`
}

/** At most 40 characters of a-z, 0-9 and single hyphens, cut at a word where possible; never empty. */
export function slugOf(intent: string): string {
  const words = intent
    .slice(0, 1_000)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  if (words === '') return 'change'
  if (words.length <= SLUG) return words
  const cut = words.slice(0, SLUG + 1)
  const atWord = cut.lastIndexOf('-')
  return (atWord > SLUG / 2 ? cut.slice(0, atWord) : cut.slice(0, SLUG)).replaceAll(/-+$/g, '')
}
