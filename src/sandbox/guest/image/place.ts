import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs'
import { join } from 'node:path'

/** Why a layer is not unpacked; its message is for people. */
export class Refused extends Error {}

const LONGEST = 4_096
const MOST_LINKS = 40

/** The parts of a name in an archive, from the root of the image; none for the root itself. Names that climb are refused. */
export function partsOf(name: string): readonly string[] {
  if (name.length > LONGEST || name.includes('\0')) throw new Refused(`a name is not one: ${shown(name)}`)
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw new Refused(`${shown(name)} climbs out of its directory`)
  return parts
}

/**
 * The directory at these parts, made where it is missing. Links are followed as the kernel would follow them inside the
 * image: an absolute one starts at the image's root, and nothing climbs above that. There is one writer, so what was looked
 * at is what is used. `made` is told of each directory that was missing.
 */
export function directoryIn(
  root: string,
  parts: readonly string[],
  made: (path: string) => void = () => {},
): string {
  const waiting = [...parts].reverse()
  let here: string[] = []
  let links = 0
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part === '..') {
      here.pop()
      continue
    }
    const path = join(root, ...here, part)
    const found = entryAt(path)
    if (found?.isSymbolicLink() === true) {
      links += 1
      if (links > MOST_LINKS) throw new Refused(`${shown(parts.join('/'))} goes through too many links`)
      const target = readlinkSync(path)
      if (target.startsWith('/')) here = []
      waiting.push(
        ...target
          .split('/')
          .filter((step) => step !== '' && step !== '.')
          .reverse(),
      )
      continue
    }
    if (found === undefined) {
      mkdirSync(path, { mode: 0o755 })
      made(path)
    } else if (!found.isDirectory())
      throw new Refused(`${shown(parts.join('/'))} goes through what is no directory`)
    here.push(part)
  }
  return join(root, ...here)
}

/** Refuses the target of a link that would climb above the root from the directory at `parts`. */
export function refuseClimbing(target: string, parts: readonly string[]): void {
  if (target === '' || target.length > LONGEST) throw new Refused(`a link leads to ${shown(target)}`)
  let depth = target.startsWith('/') ? 0 : parts.length
  for (const step of target.split('/')) {
    if (step === '..') depth -= 1
    else if (step !== '' && step !== '.') depth += 1
    if (depth < 0) throw new Refused(`a link leads out of the image, to ${shown(target)}`)
  }
}

export function entryAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false })
}

export function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}
