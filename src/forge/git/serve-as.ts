import type { Stats } from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** A user of the host, by numbers. */
export type Owner = Pick<Stats, 'uid' | 'gid'>

const MOST_LINKS = 40

/**
 * As whom root serves a local repository: its owner, so that nothing there ends up belonging to root, and its alternates and
 * links lead only to what the owner may read anyway. A link on the way makes it the link's owner, and a repository of root's
 * in somebody's directory makes it that somebody: either could put something else in its place. Undefined when all of the
 * path is root's own, or leads nowhere.
 */
export async function ownerToServeAs(path: string): Promise<Owner | undefined> {
  const passed: Owner[] = []
  let waiting = partsOf(path)
  let here = '/'
  for (let links = 0; waiting.length > 0; ) {
    const [part = '', ...rest] = waiting
    const place = join(here, part)
    const found = await stateOf(place)
    if (found === undefined) return undefined
    waiting = rest
    if (!found.isSymbolicLink()) {
      passed.push(found)
      here = place
      continue
    }
    links += 1
    if (found.uid !== 0) return found
    if (links > MOST_LINKS) return undefined
    waiting = [...partsOf(resolve(here, await readlink(place))), ...rest]
    here = '/'
  }
  const inside = await stateOf(join(here, '.git'))
  return [...passed, ...(inside === undefined ? [] : [inside])].findLast(({ uid }) => uid !== 0)
}

function stateOf(place: string): Promise<Stats | undefined> {
  return lstat(place).catch(() => undefined)
}

function partsOf(path: string): string[] {
  return resolve(path)
    .split('/')
    .filter((part) => part !== '')
}
