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
  readonly shop: string
  readonly remote: string
  readonly evidence: string
  readonly changedEvidence: string
  readonly key: string
  readonly log: string
}

/** A server that root starts gives its sandboxes another user, who must be able to pass through. */
const PASSABLE = 0o711

export async function makePlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'airlock-demo-'))
  if (process.geteuid?.() === 0) await chmod(root, PASSABLE)
  const at = (name: string) => join(root, name)
  return {
    root,
    home: at('home'),
    shop: at('shop'),
    remote: at('shop.git'),
    evidence: at('evidence.json'),
    changedEvidence: at('changed.json'),
    key: at('airlock.pub'),
    log: at('audit.jsonl'),
  }
}

/** Removes these directories; gives those that are still there. */
export async function clear(directories: readonly string[]): Promise<readonly string[]> {
  for (const directory of directories) await removeTree(directory).catch(() => undefined)
  return directories.filter((directory) => existsSync(directory))
}
