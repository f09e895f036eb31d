import { existsSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '#sandbox/workspace/leftovers.ts'

/** Everything the demo makes is in here, so that it can be taken away again: never the person's own installation. */
export interface Place {
  readonly root: string
  /** The data directory of the demo's own installation. */
  readonly home: string
  leave(): void
}

/** What lies in the place, by the names a person would type there. */
export const FILES = {
  shop: 'shop',
  remote: 'shop.git',
  evidence: 'evidence.json',
  changedEvidence: 'changed.json',
  key: 'airlock.pub',
  log: 'audit.jsonl',
} as const

/** A server that root starts gives its sandboxes another user, who must be able to pass through. */
const PASSABLE = 0o711

/** Makes the place and goes there: from now on relative paths are in it. */
export async function makePlace(): Promise<Place> {
  const before = process.cwd()
  const root = await mkdtemp(join(tmpdir(), 'airlock-demo-'))
  if (process.geteuid?.() === 0) await chmod(root, PASSABLE)
  process.chdir(root)
  return { root, home: join(root, 'home'), leave: () => process.chdir(before) }
}

/** Removes these directories; gives those that are still there. */
export async function clear(directories: readonly string[]): Promise<readonly string[]> {
  for (const directory of directories) await removeTree(directory).catch(() => undefined)
  return directories.filter((directory) => existsSync(directory))
}
