import type { Dir, Dirent } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'

export interface DiskUse {
  readonly bytes: number
  readonly files: number
  /** False when counting stopped because a bound was passed, or because the tree is deeper than a path can name. */
  readonly complete: boolean
}

/**
 * Allocated bytes and entries below a directory, counted only until a bound is passed or the signal says so. The tree is
 * hostile and may change meanwhile: links are counted and not followed, vanished entries are skipped, hard links count
 * once, and a directory is never read into memory as a whole.
 */
export async function diskUse(
  root: string,
  most: { bytes: number; files: number },
  signal?: AbortSignal,
): Promise<DiskUse> {
  const seen = new Set<string>()
  const waiting = [root]
  let bytes = 0
  let files = 0
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    const opened = await open(directory)
    if (opened === 'too deep') return { bytes, files, complete: false }
    for await (const batch of batches(opened)) {
      files += batch.length
      for (const entry of batch) if (entry.isDirectory()) waiting.push(join(directory, entry.name))
      const sizes = await Promise.all(batch.map((entry) => sizeOf(join(directory, entry.name), seen)))
      bytes += sizes.reduce((sum, size) => sum + size, 0)
      if (bytes > most.bytes || files > most.files) return { bytes, files, complete: false }
      if (signal?.aborted) return { bytes, files, complete: true }
    }
  }
  return { bytes, files, complete: true }
}

const BATCH = 64

async function open(directory: string): Promise<Dir | 'too deep' | undefined> {
  try {
    return await opendir(directory, { bufferSize: BATCH })
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG' ? 'too deep' : undefined
  }
}

async function* batches(directory: Dir | undefined): AsyncGenerator<Dirent[]> {
  let batch: Dirent[] = []
  for await (const entry of directory ?? []) {
    batch.push(entry)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function sizeOf(path: string, seen: Set<string>): Promise<number> {
  try {
    const { blocks, nlink, dev, ino } = await lstat(path)
    if (nlink > 1) {
      const key = `${dev}:${ino}`
      if (seen.has(key)) return 0
      seen.add(key)
    }
    return blocks * 512
  } catch {
    return 0
  }
}
