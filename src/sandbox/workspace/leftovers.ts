import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hostProgram } from './host-program.ts'
import { mountsBelow, unmount } from './overlay.ts'

/**
 * Removes the mounts and directories of a former process: mounts first, the innermost before the outer. `kept` are homes
 * and mount points that stay, with all they hold. Returns what it removed.
 */
export async function sweepExcept(directory: string, kept: readonly string[]): Promise<string[]> {
  const removed: string[] = []
  for (const mount of await mountsBelow(directory)) {
    if (kept.includes(dirname(mount)) || kept.includes(mount)) continue
    await unmount(mount)
    removed.push(mount)
  }
  for (const place of ['work', 'prepared', 'base', 'memory'])
    for (const name of await readdir(join(directory, place)).catch(() => [])) {
      const path = join(directory, place, name)
      if (kept.includes(path)) continue
      await removeTree(path)
      removed.push(path)
    }
  return removed
}

/** Whatever the sandbox left: deeper than a path can name, or closed to its owner. rm follows no links. */
export async function removeTree(path: string): Promise<void> {
  if (process.geteuid?.() !== 0) await hostProgram('chmod', ['-R', 'u+rwX', '--', path]).catch(() => {})
  await hostProgram('rm', ['-rf', '--one-file-system', '--', path])
}
