import { matchPath } from '#guards/glob.ts'

/** The owners of a path by the last line that fits it: empty where that line names none, or no line fits. */
export type OwnersOf = (path: string) => readonly string[]

/** Where GitHub looks for it, in this order; the first that is there counts. */
export const CODE_OWNERS_PATHS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const

interface Line {
  readonly characters: number
  readonly patterns: readonly (readonly string[])[]
  readonly owners: readonly string[]
}

export interface CodeOwnersFile {
  readonly lines: number
  /** Of all patterns: to find the owners of a path takes time in proportion to these times those of the path. */
  readonly characters: number
  readonly ownersOf: OwnersOf
}

/**
 * Reads CODEOWNERS as GitHub documents it (About code owners): patterns nearly as in gitignore, from the repository's root
 * where they hold a slash, of which the last that fits wins. As there, lines with `!`, `[…]`, `\#` or an owner that is
 * none are skipped.
 */
export function readCodeOwners(text: string): CodeOwnersFile {
  const lines = text.split(/\r?\n/).flatMap(lineOf)
  return {
    lines: lines.length,
    characters: lines.reduce((sum, line) => sum + line.characters, 0),
    ownersOf(path) {
      const components = path.split('/')
      const last = lines.findLast(({ patterns }) => patterns.some((each) => matchPath(each, components)))
      return last?.owners ?? []
    },
  }
}

/** A pattern, in which a backslash goes before a space, and what stands behind it up to a comment. */
const LINE = /^\s*((?:\\ |[^\s\\])+)(?:\s+(.*))?$/
const OWNER = /^(?:@[\p{L}\p{N}._-]+(?:\/[\p{L}\p{N}._-]+)?|[^@\s]+@[^@\s]+)$/u

function lineOf(text: string): Line[] {
  const [, pattern = '', rest = ''] = LINE.exec(text) ?? []
  if (pattern === '' || pattern.startsWith('#') || pattern.startsWith('!') || /[[\]]/.test(pattern)) return []
  const words = rest.split(/\s+/).filter((word) => word !== '')
  const comment = words.findIndex((word) => word.startsWith('#'))
  const owners = comment < 0 ? words : words.slice(0, comment)
  if (!owners.every((owner) => OWNER.test(owner))) return []
  return [{ characters: pattern.length, patterns: patternsOf(pattern.replaceAll('\\ ', ' ')), owners }]
}

/** `dir/` is all below; `docs/*` is what lies in it and nothing deeper; anything else is a file, or all below a directory. */
function patternsOf(pattern: string): readonly (readonly string[])[] {
  const whole = pattern.replace(/^\//, '').replace(/\/$/, '')
  if (whole === '') return pattern === '/' ? [['**', '*']] : []
  const parts = whole.split('/')
  const anchored = pattern.startsWith('/') || parts.length > 1
  const path = anchored ? parts : ['**', ...parts]
  const below = [...path, '**', '*']
  if (pattern.endsWith('/') || parts.at(-1) === '**') return [below]
  if (anchored && parts.at(-1) === '*') return [path]
  return [path, below]
}
