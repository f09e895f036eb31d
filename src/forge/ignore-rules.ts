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
  const files = (await repository.list(commit)).filter(
    (entry) =>
      entry.mode.startsWith('100') && entry.pathBytes === undefined && /(^|\/)\.gitignore$/.test(entry.path),
  )
  if (files.length > MOST_FILES || files.some((file) => file.size > LARGEST_FILE))
    throw new AirlockError({
      code: 'repository_unreadable',
      message: 'The .gitignore files are too many or too large.',
    })
  const blobs = await repository.readBlobs(files.map((file) => file.object))
  return files
    .sort((a, b) => depth(a.path) - depth(b.path))
    .map((file) => {
      const text = Buffer.from(blobs.get(file.object) ?? []).toString('utf8')
      return rooted(text, file.path.slice(0, -'.gitignore'.length))
    })
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
