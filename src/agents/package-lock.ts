import { z } from 'zod'

const LARGEST = 4 * 1024 * 1024

const Lock = z.object({
  lockfileVersion: z.literal(3),
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
    }),
  ),
})

/** What npm installed, by path below the package root: version and SHA-512 of each. */
export type LockedPackages = ReadonlyMap<string, { readonly version: string; readonly integrity: string }>

/**
 * Reads a package-lock.json that was written inside a sandbox; undefined unless every package in it came from a registry
 * and is fixed by a SHA-512.
 */
export function readLock(text: string): LockedPackages | undefined {
  if (text.length > LARGEST) return undefined
  const lock = Lock.safeParse(parseJson(text))
  if (!lock.success) return undefined
  const packages = new Map<string, { version: string; integrity: string }>()
  for (const [path, { version, integrity, link }] of Object.entries(lock.data.packages)) {
    if (path === '') continue
    if (version === undefined || link || !SHA512.test(integrity ?? '')) return undefined
    packages.set(path, { version, integrity: integrity ?? '' })
  }
  return packages
}

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/

/**
 * True when everything that the shipped lock names is there with the same content. More may be there: what is made for
 * other machines than the one that wrote the shipped lock.
 */
export function keeps(shipped: LockedPackages | undefined, found: LockedPackages): boolean {
  if (shipped === undefined || shipped.size === 0) return false
  return [...shipped].every(([path, { integrity }]) => found.get(path)?.integrity === integrity)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
