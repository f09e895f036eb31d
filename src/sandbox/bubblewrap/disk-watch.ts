import { statfs } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Stopwatch } from '#kernel/instant.ts'
import type { Limits } from '../limits.ts'
import { deletedFiles } from './deleted-files.ts'
import { diskUse } from './disk-use.ts'

export interface DiskWatch {
  readonly directory: string
  readonly limits: Pick<Limits, 'workspaceDisk' | 'workspaceFiles'>
  readonly stopwatch: Stopwatch
  readonly signal: AbortSignal
  /** The sandbox's processes, as far as the host can tell. */
  readonly processes: () => readonly number[]
  readonly onExhausted: (detail: string) => void
}

const TICK = 200
/** Many a sandbox has ended by then, and no other starts while somebody walks through its files. */
const FIRST_COUNT_AFTER = 1_000
const LONGEST_BETWEEN_COUNTS = 5_000
/** Counting may take this share of the time, so that a big tree does not keep the host busy. */
const SHARE = 0.1
/**
 * In a busy workspace something vanishes during many a count. Only when that happens so often in a row, while the disk fills,
 * is it taken for hiding: a file that goes from name to name, or a directory that a server which is not root cannot read.
 */
const OFTEN = 5
/** Below this the host itself is in danger, whoever filled it and however. */
const HOST_FLOOR = 512 * 1024 * 1024

/**
 * Calls `onExhausted` once when the workspace holds more than it may. The file system is asked five times a second how
 * much became used (cheap), also while the tree is being counted; that happens when what became used could break a limit,
 * and every few seconds anyway.
 */
export async function watchDisk(watch: DiskWatch): Promise<void> {
  try {
    let counting: Promise<void> | undefined
    let fault: unknown
    const first = await freeSpace(watch.directory)
    let counted = notCounted(first, watch.stopwatch())
    for (let now = first; !watch.signal.aborted; now = await freeSpace(watch.directory)) {
      if (fault !== undefined) throw fault
      const finding = exceeded(watch, counted, now, first)
      if (finding !== undefined) return watch.onExhausted(finding)
      if (counting === undefined && due(watch, counted, now, first))
        counting = count(watch, counted)
          .then((result) => {
            counted = result
          })
          .catch((error) => {
            fault = error
          })
          .finally(() => {
            counting = undefined
          })
      await pause(TICK, undefined, { signal: watch.signal })
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
  /** Of what is known to be there; before the first count, nothing. */
  readonly bytes: number
  readonly files: number
  readonly complete: boolean
  /** In how many counts, up to this one, something was not seen. */
  readonly unseen: number
  readonly free: Free
  readonly at: number
  readonly took: number
  /** After how many milliseconds it is counted again, whatever became used meanwhile. */
  readonly good: number
}

function notCounted(free: Free, at: number): Counted {
  return { bytes: 0, files: 0, complete: true, unseen: 0, free, at, took: 0, good: FIRST_COUNT_AFTER }
}

async function count(
  { directory, limits, stopwatch, processes, signal }: DiskWatch,
  before: Counted,
): Promise<Counted> {
  const free = await freeSpace(directory)
  const start = stopwatch()
  const most = { bytes: limits.workspaceDisk, files: limits.workspaceFiles }
  const shown = await diskUse(directory, most, signal)
  const hidden = await deletedFiles(processes(), limits.workspaceFiles)
  return {
    bytes: shown.bytes + hidden.bytes,
    files: shown.files + hidden.files,
    complete: shown.complete && hidden.complete,
    unseen: shown.unseen ? before.unseen + 1 : 0,
    free,
    at: stopwatch(),
    took: stopwatch() - start,
    good: LONGEST_BETWEEN_COUNTS,
  }
}

async function freeSpace(directory: string): Promise<Free> {
  const { bsize, blocks, bfree, ffree } = await statfs(directory)
  return { bytes: bfree * bsize, files: ffree, small: blocks * bsize < 4 * HOST_FLOOR }
}

function exceeded({ limits }: DiskWatch, counted: Counted, now: Free, first: Free): string | undefined {
  if (counted.bytes > limits.workspaceDisk)
    return `the workspace holds more than ${limits.workspaceDisk} bytes`
  if (counted.files > limits.workspaceFiles)
    return `the workspace holds more than ${limits.workspaceFiles} files`
  if (!counted.complete) return 'the workspace is nested too deeply to be measured'
  if (counted.unseen >= OFTEN && moreUsed(limits, now, first))
    return 'the disk fills, and parts of the workspace are closed or moved about so that nobody can measure them'
  // On a small file system of its own the file system is the limit, and being full is an ordinary ENOSPC.
  if (now.bytes < HOST_FLOOR && !now.small && now.bytes < first.bytes) return 'the host disk is nearly full'
  return undefined
}

/** What became used since the beginning, by whomever, is more than all of the workspace may hold. */
function moreUsed({ workspaceDisk, workspaceFiles }: DiskWatch['limits'], now: Free, first: Free): boolean {
  return first.bytes - now.bytes > workspaceDisk || first.files - now.files > workspaceFiles
}

function due({ limits, stopwatch }: DiskWatch, counted: Counted, now: Free, first: Free): boolean {
  const age = stopwatch() - counted.at
  if (age < counted.took / SHARE) return false
  if (counted.unseen > 0 && moreUsed(limits, now, first)) return true
  const bytes = counted.bytes + counted.free.bytes - now.bytes
  const files = counted.files + counted.free.files - now.files
  return age >= counted.good || bytes > limits.workspaceDisk || files > limits.workspaceFiles
}
