import { lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { RandomBytes } from '#kernel/ids.ts'
import { removeTree } from '../workspace/leftovers.ts'

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** An unpacked image, as its record beside it says. */
export const KeptImage = z.strictObject({
  /** Of this record; another one is read by another Airlock. */
  format: z.literal(1),
  /** Of the manifest: what the image is known by. */
  digest: Digest,
  /** Of the index that the manifest was found in. */
  index: Digest.exactOptional(),
  /** The full name under which it came. */
  reference: z.string(),
  /** PATH of its environment. */
  path: z.string().exactOptional(),
  entries: z.int(),
  bytes: z.int(),
  /** Of everything in it, to find out what was changed afterwards. */
  fingerprint: Digest,
  obtainedAt: z.string(),
})
export type KeptImage = z.infer<typeof KeptImage>

/** The unpacked images of an installation: a directory each, named by the digest, and the names given to them by hand. */
export interface ImageShelf {
  find(digest: string): Promise<KeptImage | undefined>
  list(): Promise<readonly KeptImage[]>
  rootOf(digest: string): string
  /** Moves an unpacked tree here, which is on the same file system. Whoever was first with the same digest stays. */
  keep(record: KeptImage, root: string): Promise<void>
  remove(digest: string): Promise<void>
  /** Digests by full name. */
  names(): Promise<Readonly<Record<string, string>>>
  /** `undefined` takes the name away. */
  name(reference: string, digest: string | undefined): Promise<void>
  /** Removes what a process that died left half done. Returns what it removed. */
  sweep(): Promise<readonly string[]>
}

const HALF = /^(?:\.draft-|\.gone-|sha256-)/

export function createImageShelf(directory: string, random: RandomBytes): ImageShelf {
  const homeOf = (digest: string) => join(directory, digest.replace(':', '-'))
  const aside = (kind: 'draft' | 'gone') =>
    join(directory, `.${kind}-${Buffer.from(random(9)).toString('hex')}`)
  const namesFile = join(directory, 'names.json')

  const shelf: ImageShelf = {
    async find(digest) {
      if (!Digest.safeParse(digest).success) return undefined
      const record = await recordIn(homeOf(digest))
      return record?.digest === digest ? record : undefined
    },
    async list() {
      const homes = (await readdir(directory).catch(() => [])).filter((name) => name.startsWith('sha256-'))
      const records = await Promise.all(homes.sort().map((name) => recordIn(join(directory, name))))
      return records.filter((record) => record !== undefined)
    },
    rootOf: (digest) => join(homeOf(digest), 'root'),
    async keep(record, root) {
      const draft = aside('draft')
      await mkdir(draft, { mode: 0o755 })
      try {
        await rename(root, join(draft, 'root'))
        await writeFile(join(draft, RECORD), JSON.stringify(record, null, 2), { mode: 0o600 })
        if ((await shelf.find(record.digest)) === undefined) {
          await shelf.remove(record.digest)
          await rename(draft, homeOf(record.digest)).catch(async (error: unknown) => {
            if ((await shelf.find(record.digest)) === undefined) throw error // else somebody was faster
          })
        }
      } finally {
        await removeTree(draft)
      }
    },
    async remove(digest) {
      const gone = aside('gone')
      const moved = await rename(homeOf(digest), gone).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return false
          throw error
        },
      )
      if (moved) await removeTree(gone)
    },
    async names() {
      const text = await readFile(namesFile, 'utf8').catch(() => '{}')
      return Names.safeParse(parsed(text)).data ?? {}
    },
    async name(reference, digest) {
      const { [reference]: _, ...others } = await shelf.names()
      const draft = aside('draft')
      const names = digest === undefined ? others : { ...others, [reference]: digest }
      await writeFile(draft, JSON.stringify(names, null, 2), { mode: 0o600 })
      await rename(draft, namesFile)
    },
    async sweep() {
      const whole = new Set((await shelf.list()).map(({ digest }) => homeOf(digest)))
      const left = (await readdir(directory).catch(() => [])).filter((name) => HALF.test(name))
      const paths = left.map((name) => join(directory, name)).filter((path) => !whole.has(path))
      for (const path of paths) await removeTree(path)
      return paths
    },
  }
  return shelf
}

const RECORD = 'image.json'
const Names = z.record(z.string(), Digest)

/** Undefined for what was not put there whole. */
async function recordIn(home: string): Promise<KeptImage | undefined> {
  const text = await readFile(join(home, RECORD), 'utf8').catch(() => undefined)
  const record = text === undefined ? undefined : KeptImage.safeParse(parsed(text)).data
  const root = await lstat(join(home, 'root')).catch(() => undefined)
  return root?.isDirectory() ? record : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
