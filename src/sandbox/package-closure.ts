import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface PackageDirectory {
  /** Relative to the package root: `node_modules/ai`. */
  readonly path: string
  readonly version: string
}

/**
 * The installed packages that the given ones need, themselves included, in order of their paths. Optional and peer
 * dependencies that are not installed are left out: they are for other platforms, or for nobody here.
 */
export async function packageClosure(
  root: string,
  names: readonly string[],
): Promise<readonly PackageDirectory[]> {
  const found = new Map<string, PackageDirectory>()
  const waiting = names.map((name) => ({ name, from: '', required: true }))
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const installed = await resolvePackage(root, next.from, next.name)
    if (installed === undefined) {
      if (next.required) throw new Error(`package ${next.name} is not installed`)
      continue
    }
    if (found.has(installed.path)) continue
    found.set(installed.path, { path: installed.path, version: installed.version })
    for (const name of installed.required.filter((name) => !OF_ANOTHER_RUNTIME.test(name)))
      waiting.push({ name, from: installed.path, required: true })
    for (const name of installed.optional) waiting.push({ name, from: installed.path, required: false })
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** Parts for Bare, which packages name like any other and which no Node loads. */
const OF_ANOTHER_RUNTIME = /^bare-/

interface Installed extends PackageDirectory {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** As Node resolves: in the nearest node_modules, going upwards. */
async function resolvePackage(root: string, from: string, name: string): Promise<Installed | undefined> {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/')))) {
    const path = join(place, 'node_modules', name)
    const manifest = await readManifest(join(root, path))
    if (manifest !== undefined) return { path, ...manifest }
    if (place === '') return undefined
  }
}

async function readManifest(directory: string): Promise<Omit<Installed, 'path'> | undefined> {
  let text: string
  try {
    text = await readFile(join(directory, 'package.json'), 'utf8')
  } catch {
    return undefined
  }
  const { version, dependencies, optionalDependencies, peerDependencies } = JSON.parse(text)
  const optional = Object.keys({ ...optionalDependencies, ...peerDependencies })
  const required = Object.keys(dependencies ?? {}).filter((name) => !optional.includes(name))
  return { version, required, optional }
}
