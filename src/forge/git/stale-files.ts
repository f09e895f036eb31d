import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes what a process that was killed left behind: locks, which would make every later fetch fail, half-written packs,
 * and our own indexes and quarantines. Only for a repository on which nothing runs.
 */
export async function removeStaleFiles(gitDirectory: string): Promise<void> {
  const top = await readdir(gitDirectory)
  const refs = await readdir(join(gitDirectory, 'refs'), { recursive: true }).catch(() => [])
  const packs = await readdir(join(gitDirectory, 'objects', 'pack')).catch(() => [])
  const stale = [
    ...top.filter((name) => name.endsWith('.lock') || /^airlock-(?:index|quarantine)-/.test(name)),
    ...refs.filter((name) => name.endsWith('.lock')).map((name) => join('refs', name)),
    ...packs.filter((name) => name.startsWith('tmp_')).map((name) => join('objects', 'pack', name)),
  ]
  for (const name of stale) await rm(join(gitDirectory, name), { recursive: true, force: true })
}
