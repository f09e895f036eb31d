import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

const SKIPPED = new Set([
  '.git',
  'node_modules',
  '.venv',
  '__pycache__',
  'target',
  'dist',
  'coverage',
  '.cache',
])
const MOST_ENTRIES = 50_000

export interface FoundFile {
  readonly absolute: string
  readonly relative: string
}

/** Every regular file below a directory in sorted order, links and build output left out, with a bound. */
export async function* filesBelow(root: string, workspace: string): AsyncGenerator<FoundFile> {
  let seen = 0
  const waiting = [root]
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    const below: string[] = []
    for (const entry of entries) {
      if (++seen > MOST_ENTRIES) return
      const absolute = join(directory, entry.name)
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) below.push(absolute)
      else if (entry.isFile()) yield { absolute, relative: relative(workspace, absolute) }
    }
    waiting.push(...below.reverse())
  }
}
