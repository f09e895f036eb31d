import { AirlockError } from '#kernel/failure.ts'
import type { TrustedRepository } from './repository.ts'

const LARGEST_FILE = 256 * 1024
const MOST_FILES = 2_000

/**
 * Every .gitignore of a commit as one list for `--exclude-from`. The workspace's own ignore files do not count at import:
 * an agent could hide new files behind them. Deeper files come later, and in one list the last match wins, which is the
 * order gitignore(5) gives them too.
 */
export async function ignoreRulesOf(repository: TrustedRepository, commit: string): Promise<string> {
  const entries = await repository.list(commit)
  const files = entries.filter(
    (entry) =>
      entry.mode.startsWith('100') && entry.pathBytes === undefined && /(^|\/)\.gitignore$/.test(entry.path),
  )
  if (files.length > MOST_FILES || files.some((file) => file.size > LARGEST_FILE))
    throw new AirlockError({
      code: 'repository_unreadable',
      message: 'The .gitignore files are too many or too large.',
    })
  const blobs = await repository.readBlobs(files.map((file) => file.object))
  const rules = files
    .sort((a, b) => depth(a.path) - depth(b.path))
    .map((file) => {
      const text = Buffer.from(blobs.get(file.object) ?? []).toString('utf8')
      return rooted(text, file.path.slice(0, -'.gitignore'.length))
    })
    .join('')
  return madeByTools(entries) + rules
}

/** Where package managers and test runners put what they make; nobody means to commit these. */
const MADE_BY_TOOLS = [
  'node_modules',
  '.venv',
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.nyc_output',
]

/** For repositories that ignore nothing. A name that the commit itself holds somewhere is theirs to change. */
function madeByTools(entries: readonly { readonly path: string }[]): string {
  const held = new Set(
    entries.flatMap(({ path }) => MADE_BY_TOOLS.filter((name) => `/${path}`.includes(`/${name}/`))),
  )
  return MADE_BY_TOOLS.filter((name) => !held.has(name))
    .map((name) => `${name}/\n`)
    .join('')
}

/** The lines of one .gitignore as they would stand at the root; `directory` is empty or ends with a slash. */
export function rooted(text: string, directory: string): string {
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, '').replace(/(?<!\\)[ \t]+$/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => `${rootedLine(line, directory)}\n`)
    .join('')
}

function rootedLine(line: string, directory: string): string {
  if (directory === '') return line
  const negated = line.startsWith('!')
  const pattern = (negated ? line.slice(1) : line).replace(/^\\([#!])/, '$1')
  const anchored = pattern.slice(0, -1).includes('/')
  const at = `/${directory.replaceAll(/[*?[\]\\ ]/g, '\\$&')}`
  return `${negated ? '!' : ''}${at}${anchored ? pattern.replace(/^\//, '') : `**/${pattern}`}`
}

function depth(path: string): number {
  return path.split('/').length
}
