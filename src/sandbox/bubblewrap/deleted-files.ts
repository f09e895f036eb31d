import { readdir, stat, statfs } from 'node:fs/promises'
import type { DiskUse } from './disk-use.ts'

const TMPFS = 0x01021994

/**
 * Disk that no directory shows: files which these processes have deleted and still hold open or mapped. What lies in
 * memory is bounded as memory. A descriptor that is under way in a socket belongs to no process and is not found.
 */
export async function deletedFiles(
  processes: readonly number[],
  mostFiles: number,
): Promise<Omit<DiskUse, 'unseen'>> {
  const seen = new Set<string>()
  let bytes = 0
  let looked = 0
  for (const pid of processes)
    for (const place of [`/proc/${pid}/fd`, `/proc/${pid}/map_files`]) {
      const names = await readdir(place).catch(() => [])
      looked += names.length
      if (looked > mostFiles) return { bytes, files: looked, complete: false }
      for (const name of names) bytes += await sizeOf(`${place}/${name}`, seen)
    }
  return { bytes, files: 0, complete: true }
}

/** By its link in /proc, which leads to the file itself and not to what now has its name. */
async function sizeOf(path: string, seen: Set<string>): Promise<number> {
  try {
    const file = await stat(path)
    const key = `${file.dev}:${file.ino}`
    if (!file.isFile() || file.nlink > 0 || seen.has(key)) return 0
    seen.add(key)
    return (await statfs(path)).type === TMPFS ? 0 : file.blocks * 512
  } catch {
    return 0 // closed meanwhile
  }
}
