import { BOUNDS } from '#contract/bounds.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

/** A path, cut at its slashes. */
export type Matcher = (components: readonly string[]) => boolean

const ALTERNATIVES = 64

/**
 * Compiles one glob of a scope: `*` and `?` within a name, `**` for any number of directories, `{a,b}` for a choice, all
 * else literal (`[id]` and `(group)` are names of directories, not classes). A glob without any of these also matches
 * everything below it. Matching takes time in proportion to glob times path: there is no regular expression to blow up.
 */
export function compileGlob(glob: string, fold: (text: string) => string): Result<Matcher> {
  const flaw = flawOf(glob)
  if (flaw !== undefined) return refused(invalid(glob, flaw.why, flaw.remedy))
  const expanded = alternatives(glob)
  if (expanded.length > ALTERNATIVES)
    return refused(invalid(glob, `its choices make more than ${ALTERNATIVES} globs`, 'Write fewer choices.'))
  const patterns = expanded.flatMap(patternsOf).map((parts) => parts.map(fold))
  for (const text of expanded) {
    const wrong = text.split('/').find((part) => part === '' || part === '.' || part === '..')
    if (wrong !== undefined)
      return refused(
        invalid(glob, `'${wrong}' cannot be a part of a path in it`, 'Write a plain relative path.'),
      )
  }
  return ok((components) => patterns.some((pattern) => matchPath(pattern, components)))
}

function flawOf(glob: string): { why: string; remedy: string } | undefined {
  if (glob === '') return { why: 'it is empty', remedy: 'Write `**` for the whole repository.' }
  if (glob.length > BOUNDS.globCharacters)
    return { why: `it is longer than ${BOUNDS.globCharacters} characters`, remedy: 'Write a shorter one.' }
  if (/\p{Cc}/u.test(glob)) return { why: 'it has control characters', remedy: 'Remove them.' }
  if (glob.includes('\\'))
    return { why: 'it has a backslash', remedy: 'Write forward slashes; nothing can be escaped.' }
  if (glob.startsWith('/'))
    return {
      why: 'it is absolute',
      remedy: "Write it relative to the repository's root, without the first slash.",
    }
  if (glob.endsWith('/')) return { why: 'it ends with a slash', remedy: `Write \`${glob}**\`.` }
  if (glob.startsWith('!'))
    return { why: 'it is a negation', remedy: 'Put the glob under `exclude`, without the `!`.' }
  if (/[?*+@!]\(/.test(glob))
    return { why: 'it has an extended glob', remedy: 'Write `{a,b}` for a choice, or several globs.' }
  if (/\{[^}]*\{|^[^{]*\}|\}[^{]*\}|\{[^}]*$/.test(glob))
    return { why: 'its braces are nested or not closed', remedy: 'Write `{a,b}` without braces inside.' }
  if (choicesOf(glob).some((choice) => !choice.includes(',') || choice.split(',').includes('')))
    return { why: 'a choice in it has fewer than two parts, or an empty one', remedy: 'Write `{a,b}`.' }
  if (glob.split(/[/{},]/).some((part) => part.includes('**') && part !== '**'))
    return {
      why: '`**` stands beside other characters',
      remedy: 'Write it alone between slashes: `src/**/*.ts`.',
    }
  return undefined
}

/** What stands between braces; they are neither nested nor open here. */
function choicesOf(glob: string): string[] {
  return glob
    .split('{')
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf('}')))
}

function alternatives(glob: string): string[] {
  const open = glob.indexOf('{')
  if (open < 0) return [glob]
  const close = glob.indexOf('}', open)
  const choices = glob.slice(open + 1, close).split(',')
  // One group more than the bound can hold is enough to know that it is passed.
  const rest = alternatives(glob.slice(close + 1)).slice(0, ALTERNATIVES + 1)
  return choices
    .flatMap((choice) => rest.map((end) => glob.slice(0, open) + choice + end))
    .slice(0, ALTERNATIVES + 1)
}

/** `dir/**` is what is below `dir`, not `dir` itself: a file or link in its place is another matter. */
function patternsOf(glob: string): string[][] {
  const parts = glob.split('/')
  if (parts.at(-1) === '**') return [[...parts, '*']]
  return /[*?]/.test(glob) ? [parts] : [parts, [...parts, '**', '*']]
}

/**
 * A pattern cut at its slashes, against a path: `**` takes any number of components, `*` and `?` match within a name. Going
 * back to the last star suffices.
 */
export function matchPath(pattern: readonly string[], components: readonly string[]): boolean {
  return wildcardMatch(pattern, components, '**', (part, component) =>
    wildcardMatch([...part], [...component], '*', (a, b) => a === '?' || a === b),
  )
}

function wildcardMatch(
  pattern: readonly string[],
  items: readonly string[],
  star: string,
  same: (part: string, item: string) => boolean,
): boolean {
  let at = 0
  let item = 0
  let lastStar = -1
  let resume = 0
  while (item < items.length) {
    const part = pattern[at]
    if (part === star) {
      lastStar = at
      resume = item
      at += 1
    } else if (part !== undefined && same(part, items[item] ?? '')) {
      at += 1
      item += 1
    } else if (lastStar >= 0) {
      at = lastStar + 1
      resume += 1
      item = resume
    } else return false
  }
  while (pattern[at] === star) at += 1
  return at === pattern.length
}

function invalid(glob: string, why: string, remedy: string) {
  return {
    code: 'invalid_scope',
    message: `The glob '${glob.slice(0, 200)}' cannot be used: ${why}.`,
    rule: 'scope.glob',
    remedy,
    details: { glob: glob.slice(0, BOUNDS.globCharacters) },
  } as const
}
