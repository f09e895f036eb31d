import type { Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'

export interface DiskUse {
  readonly bytes: number
  readonly files: number
  /** False when counting stopped because a bound was passed, or because the tree is deeper than a path can name. */
  readonly complete: boolean
  /**
   * True when something was not counted: a directory that its owner may not look into, or an entry that was gone when it
   * was looked at, and may be elsewhere.
   */
  readonly unseen: boolean
}

/**
 * Allocated bytes and entries below a directory, counted only until a bound is passed or the signal says so. The tree is
 * hostile and may change meanwhile: links are counted and not followed, vanished entries are skipped and told of, hard links count
 * once, a directory is never read into memory as a whole, and names are bytes: what is no UTF-8 would not be found again.
 */
export async function diskUse(
  root: string,
  most: { bytes: number; files: number },
  signal?: AbortSignal,
): Promise<DiskUse> {
  const seen = new Set<string>()
  const waiting: Buffer[] = [Buffer.from(root)]
  let bytes = 0
  let files = 0
  let unseen = false
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const opened = await open(directory)
    if (opened === 'too deep') return { bytes, files, complete: false, unseen }
    if (opened === 'unseen') {
      unseen = true
      continue
    }
    for await (const batch of batches(opened)) {
      files += batch.length
      for (const entry of batch) if (entry.isDirectory()) waiting.push(below(directory, entry))
      const sizes = await Promise.all(batch.map((entry) => sizeOf(below(directory, entry), seen)))
      bytes += sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
      unseen ||= sizes.includes(undefined)
      if (bytes > most.bytes || files > most.files) return { bytes, files, complete: false, unseen }
      if (signal?.aborted) return { bytes, files, complete: true, unseen }
    }
  }
  return { bytes, files, complete: true, unseen }
}

const BATCH = 64

type Entry = Dirent<Buffer>
type Entries = AsyncIterable<Entry>

async function open(directory: Buffer): Promise<Entries | 'too deep' | 'unseen'> {
  try {
    // As readdir does, it gives bytes for names when asked for them; its types do not know that.
    const encoding = 'buffer' as BufferEncoding
    return (await opendir(directory, { bufferSize: BATCH, encoding })) as unknown as Entries
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG' ? 'too deep' : 'unseen'
  }
}

async function* batches(entries: Entries): AsyncGenerator<Entry[]> {
  let batch: Entry[] = []
  for await (const entry of entries) {
    batch.push(entry)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function below(directory: Buffer, { name }: Entry): Buffer {
  return Buffer.concat([directory, SLASH, name])
}

const SLASH = Buffer.from('/')

async function sizeOf(path: Buffer, seen: Set<string>): Promise<number | undefined> {
  try {
    const { blocks, nlink, dev, ino } = await lstat(path)
    if (nlink > 1) {
      const key = `${dev}:${ino}`
      if (seen.has(key)) return 0
      seen.add(key)
    }
    return blocks * 512
  } catch {
    return undefined
  }
}
