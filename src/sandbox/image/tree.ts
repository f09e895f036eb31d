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
 * files and links, a mode that unpacking does not give, or more than `most`: whatever wrote such a tree was not the unpacker.
 * A file counts once for each of its names, which is how often it is read; holes count as well.
 */
export async function examineTree(
  root: string,
  most: Pick<TreeFacts, 'entries' | 'bytes'>,
): Promise<TreeFacts | undefined> {
  const hash = createHash('sha256')
  const waiting = ['']
  let entries = 0
  let bytes = 0
  const mayRead = (size: number) => {
    bytes += size
    return bytes <= most.bytes
  }
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    const names = (await readdir(join(root, below))).sort()
    entries += names.length
    if (entries > most.entries) return undefined
    const found = await inGroups(names, (name) => entryFacts(root, `${below}/${name}`, mayRead))
    for (const facts of found) {
      if (facts === undefined) return undefined
      hash.update(`${JSON.stringify(facts)}\n`)
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

async function entryFacts(
  root: string,
  path: string,
  mayRead: (size: number) => boolean,
): Promise<EntryFacts | undefined> {
  const place = join(root, path)
  const stats = await lstat(place)
  const mode = stats.mode & 0o7777
  if (stats.isSymbolicLink()) return { path, kind: 'link', to: await readlink(place) }
  if (stats.isDirectory()) return mode === 0o755 ? { path, kind: 'directory' } : undefined
  if (!stats.isFile() || (mode !== 0o644 && mode !== 0o755) || !mayRead(stats.size)) return undefined
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
