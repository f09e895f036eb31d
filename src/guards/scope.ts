import type { Scope } from '#contract/scope.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { looksLikeDotGit } from './git-name.ts'
import { compileGlob, type Matcher } from './glob.ts'

/** Whether a path may be changed, and when not: which rule says so and what would allow it. */
export type ScopeDecision =
  | { readonly allowed: true }
  | {
      readonly allowed: false
      readonly rule: 'scope.path' | 'scope.git' | 'scope.protected' | 'scope.exclude' | 'scope.write'
      readonly reason: string
      readonly remedy: string
    }

export interface CompiledScope {
  /** For a path relative to the repository's root. Pure; the same words on every surface. */
  decide(path: string): ScopeDecision
  /** The directories that a mount can make writable, when the scope is whole directories (`dir/**`) and nothing else. */
  directories(): readonly string[] | undefined
}

/** Never writable, whatever a scope says. */
export const ALWAYS_PROTECTED: readonly string[] = ['.git', 'airlock.yaml', 'airlock.yml']

const PATH_CHARACTERS = 4_096

/** Compiles a scope once; refuses with `invalid_scope` and the very glob that cannot be used. */
export function compileScope(scope: Scope, protectedPaths: readonly string[] = []): Result<CompiledScope> {
  if (scope.include.length === 0) return refused(EMPTY)
  // What lets in compares exactly; what shuts out also catches other case, for those who check out on macOS or Windows.
  const include = compileAll(scope.include, exact)
  const exclude = compileAll(scope.exclude, folded)
  const guarded = compileAll([...ALWAYS_PROTECTED, ...protectedPaths], folded)
  if (!include.ok) return include
  if (!exclude.ok) return exclude
  if (!guarded.ok) return guarded

  const decide = (path: string): ScopeDecision => {
    const flaw = flawOf(path)
    if (flaw !== undefined)
      return denied(
        'scope.path',
        `'${shown(path)}' is not a plain path: ${flaw}.`,
        'Use a relative path with forward slashes.',
      )
    const lookalike = path.split('/').find(looksLikeDotGit)
    if (lookalike !== undefined)
      return denied(
        'scope.git',
        `'${shown(path)}' is git's own place, or passes for it.`,
        'Choose another name.',
      )
    const loose = folded(path).split('/')
    const guard = guarded.value.find(({ match }) => match(loose))
    if (guard !== undefined)
      return denied(
        'scope.protected',
        `'${shown(path)}' is protected by '${guard.glob}'.`,
        'A maintainer changes this file by hand; no task may.',
      )
    const shutOut = exclude.value.find(({ match }) => match(loose))
    if (shutOut !== undefined)
      return denied(
        'scope.exclude',
        `'${shown(path)}' is left out of the scope by '${shutOut.glob}'.`,
        `Start the task without the exclusion '${shutOut.glob}'.`,
      )
    if (include.value.some(({ match }) => match(exact(path).split('/')))) return { allowed: true }
    return denied(
      'scope.write',
      `'${shown(path)}' is outside the scope (${summary(scope.include)}).`,
      `Start the task with --scope '${shown(path)}', or a glob that matches it.`,
    )
  }
  return ok({ decide, directories: () => wholeDirectories(scope.include) })
}

interface NamedGlob {
  readonly glob: string
  readonly match: Matcher
}

function compileAll(globs: readonly string[], fold: (text: string) => string): Result<readonly NamedGlob[]> {
  const compiled: NamedGlob[] = []
  for (const glob of globs) {
    const match = compileGlob(glob, fold)
    if (!match.ok) return match
    compiled.push({ glob, match: match.value })
  }
  return ok(compiled)
}

function exact(text: string): string {
  return text.normalize('NFC')
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFC')
}

function flawOf(path: string): string | undefined {
  if (path === '') return 'it is empty'
  if (path.length > PATH_CHARACTERS) return `it is longer than ${PATH_CHARACTERS} characters`
  if (path.includes('\0')) return 'it has a NUL in it'
  if (path.includes('\\')) return 'it has a backslash in it'
  if (path.startsWith('/')) return 'it is absolute'
  const part = path.split('/').find((component) => ['', '.', '..'].includes(component))
  return part === undefined ? undefined : `'${part}' is not a name`
}

function wholeDirectories(include: readonly string[]): readonly string[] | undefined {
  const whole = include.map((glob) => /^([^*?{}]+)\/\*\*$/.exec(glob)?.[1])
  const directories = whole.filter((directory) => directory !== undefined)
  return directories.length === include.length ? [...new Set(directories)] : undefined
}

function summary(globs: readonly string[]): string {
  const first = globs.slice(0, 5).join(', ')
  return globs.length > 5 ? `${first}, and ${globs.length - 5} more` : first
}

function shown(path: string): string {
  return path.replaceAll(/\p{C}/gu, '\ufffd').slice(0, 300)
}

function denied(
  rule: Extract<ScopeDecision, { allowed: false }>['rule'],
  reason: string,
  remedy: string,
): ScopeDecision {
  return { allowed: false, rule, reason, remedy }
}

const EMPTY = {
  code: 'invalid_scope',
  message: 'The scope includes nothing.',
  rule: 'scope.empty',
  remedy: 'Give at least one glob; `**` is the whole repository.',
} as const
