import { statfs } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '#kernel/instant.ts'
import type { Limits } from '../limits.ts'
import { diskUse } from './disk-use.ts'

export interface DiskWatch {
  readonly directory: string
  readonly limits: Pick<Limits, 'workspaceDisk' | 'workspaceFiles'>
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly onExhausted: (detail: string) => void
}

const TICK = 200
const LONGEST_BETWEEN_COUNTS = 5_000
/** Counting may take this share of the time, so that a big tree does not keep the host busy. */
const SHARE = 0.1
/** Below this the host itself is in danger, whoever filled it: also reached through files that were deleted while open. */
const HOST_FLOOR = 256 * 1024 * 1024

/**
 * Calls `onExhausted` once when the workspace holds more than it may. The file system is asked five times a second how
 * much became used (cheap); the tree is counted when that could break a limit, and every few seconds anyway.
 */
export async function watchDisk(watch: DiskWatch): Promise<void> {
  try {
    let counted = await count(watch)
    while (!watch.signal.aborted) {
      const now = await freeSpace(watch.directory)
      const finding = exceeded(watch, counted, now)
      if (finding !== undefined) return watch.onExhausted(finding)
      if (due(watch, counted, now)) counted = await count(watch)
      else await pause(TICK, undefined, { signal: watch.signal })
    }
  } catch (error) {
    if (!watch.signal.aborted) watch.onExhausted(`the workspace could not be measured: ${error}`)
  }
}

interface Free {
  readonly bytes: number
  readonly files: number
  readonly small: boolean
}

interface Counted {
  readonly bytes: number
  readonly files: number
  readonly complete: boolean
  readonly free: Free
  readonly at: number
  readonly took: number
}

async function count({ directory, limits, clock }: DiskWatch): Promise<Counted> {
  const free = await freeSpace(directory)
  const start = clock()
  const use = await diskUse(directory, { bytes: limits.workspaceDisk, files: limits.workspaceFiles })
  return { ...use, free, at: clock(), took: clock() - start }
}

async function freeSpace(directory: string): Promise<Free> {
  const { bsize, blocks, bfree, ffree } = await statfs(directory)
  return { bytes: bfree * bsize, files: ffree, small: blocks * bsize < 4 * HOST_FLOOR }
}

function exceeded({ limits }: DiskWatch, counted: Counted, now: Free): string | undefined {
  if (counted.bytes > limits.workspaceDisk)
    return `the workspace holds more than ${limits.workspaceDisk} bytes`
  if (counted.files > limits.workspaceFiles)
    return `the workspace holds more than ${limits.workspaceFiles} files`
  if (!counted.complete) return 'the workspace is nested too deeply to be measured'
  // On a small file system of its own the file system is the limit, and being full is an ordinary ENOSPC.
  if (now.bytes < HOST_FLOOR && !now.small && now.bytes < counted.free.bytes)
    return 'the host disk is nearly full'
  return undefined
}

function due({ limits, clock }: DiskWatch, counted: Counted, now: Free): boolean {
  const age = clock() - counted.at
  if (age < counted.took / SHARE) return false
  const bytes = counted.bytes + counted.free.bytes - now.bytes
  const files = counted.files + counted.free.files - now.files
  return age >= LONGEST_BETWEEN_COUNTS || bytes > limits.workspaceDisk || files > limits.workspaceFiles
}
