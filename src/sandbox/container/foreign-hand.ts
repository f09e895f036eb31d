import { lstatSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The directory, of a real path or above it, in which somebody besides root and this process could exchange what stands
 * there; undefined when there is none. Above it a sticky one is good enough: what is ours there stays ours.
 */
export function foreignHand(directory: string): string | undefined {
  for (let place = directory; ; place = dirname(place)) {
    const { uid, mode } = lstatSync(place)
    const shared = (mode & 0o022) !== 0 && (place === directory || (mode & 0o1000) === 0)
    if (shared || (uid !== 0 && uid !== process.getuid?.())) return place
    if (place === '/') return undefined
  }
}
