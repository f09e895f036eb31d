import { createHash } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { lstat, open, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Digest } from '#kernel/bytes.ts'
import { sha256OfStream } from './digest.ts'

/** What stands in an unpacked image, to the byte. */
export interface TreeFacts {
  /** Of every path with its kind, its mode, and its content or target. */
  readonly fingerprint: Digest
  readonly entries: number
  readonly bytes: number
}

/**
 * Looks at every entry of an unpacked image, and follows no link. Undefined when there is anything but directories, plain
 * files and links, a mode that unpacking does not give, or more than `mostEntries`: whatever wrote such a tree was not the unpacker.
 */
export async function examineTree(root: string, mostEntries: number): Promise<TreeFacts | undefined> {
  const hash = createHash('sha256')
  const waiting = ['']
  let entries = 0
  let bytes = 0
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    const names = (await readdir(join(root, below))).sort()
    entries += names.length
    if (entries > mostEntries) return undefined
    const found = await inGroups(names, (name) => entryFacts(root, `${below}/${name}`))
    for (const facts of found) {
      if (facts === undefined) return undefined
      hash.update(`${JSON.stringify(facts)}\n`)
      bytes += facts.kind === 'file' ? facts.size : 0
      if (facts.kind === 'directory') waiting.push(facts.path)
    }
  }
  return { fingerprint: `sha256:${hash.digest('hex')}`, entries, bytes }
}

type EntryFacts =
  | { readonly path: string; readonly kind: 'directory' }
  | { readonly path: string; readonly kind: 'link'; readonly to: string }
  | {
      readonly path: string
      readonly kind: 'file'
      readonly mode: number
      readonly size: number
      readonly digest: Digest
    }

async function entryFacts(root: string, path: string): Promise<EntryFacts | undefined> {
  const place = join(root, path)
  const stats = await lstat(place)
  const mode = stats.mode & 0o7777
  if (stats.isSymbolicLink()) return { path, kind: 'link', to: await readlink(place) }
  if (stats.isDirectory()) return mode === 0o755 ? { path, kind: 'directory' } : undefined
  if (!stats.isFile() || (mode !== 0o644 && mode !== 0o755)) return undefined
  return { path, kind: 'file', mode, ...(await contentOf(place, stats.size)) }
}

const SMALL = 1024 * 1024

async function contentOf(place: string, size: number): Promise<{ size: number; digest: Digest }> {
  const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    if (size > SMALL) return await sha256OfStream(createReadStream('', { fd: handle, autoClose: false }))
    const content = await handle.readFile()
    return {
      size: content.length,
      digest: `sha256:${createHash('sha256').update(content).digest('hex')}`,
    }
  } finally {
    await handle.close()
  }
}

const AT_ONCE = 16

async function inGroups<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<To[]> {
  const done: To[] = []
  for (let at = 0; at < items.length; at += AT_ONCE)
    done.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))))
  return done
}
