import { closeSync, constants, fstatSync, openSync } from 'node:fs'

/** Linux; Node has no name for it: a descriptor that stands for a place, without opening what is there. */
const O_PATH = 0o10000000

/**
 * Gives `use` a path to what stands at an absolute path, held fast. Goes down one component at a time, each from the one
 * that is held already: somebody who exchanges directories for links, however fast, never leads this astray, which a
 * look at the whole path and another one after it could not say. Throws where any component is a link or missing.
 */
export function heldWithoutLinks<T>(path: string, use: (held: string) => T): T {
  let held = openSync('/', O_PATH)
  try {
    for (const name of path.split('/').filter(Boolean)) {
      const next = openSync(`/proc/self/fd/${held}/${name}`, O_PATH | constants.O_NOFOLLOW)
      closeSync(held)
      held = next
      if (fstatSync(held).isSymbolicLink()) throw new Error(`${name} is a link`)
    }
    return use(`/proc/self/fd/${held}`)
  } finally {
    closeSync(held)
  }
}
