import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReadOnlyMount, SandboxSpec } from '../driver.ts'

/**
 * The source of a mount that is not what the container shows in its place. Paths were checked before the engine took
 * them; whoever owns a directory on the way could exchange it in between. The inode tells, whatever was changed back.
 */
export async function exchangedMount(pid: number, spec: SandboxSpec): Promise<string | undefined> {
  for (const { source, target } of mountsOf(spec))
    if (!(await isShown(source, `/proc/${pid}/root${target}`))) return source
  return undefined
}

async function isShown(source: string, place: string): Promise<boolean> {
  try {
    if ((await realpath(source)) !== source) return false
    const [asked, shown] = await Promise.all([lstat(source), lstat(place)])
    return asked.dev === shown.dev && asked.ino === shown.ino
  } catch {
    return false
  }
}

function mountsOf({ workspace, mounts, writableMount, socketDirectory }: SandboxSpec): ReadOnlyMount[] {
  const { source, target, writable } = workspace
  const opened = Array.isArray(writable) ? writable : []
  return [
    { source, target },
    ...opened.map((directory) => ({ source: join(source, directory), target: join(target, directory) })),
    ...mounts,
    ...(writableMount ? [writableMount] : []),
    ...(socketDirectory === undefined ? [] : [{ source: socketDirectory, target: '/run/airlock' }]),
  ]
}
