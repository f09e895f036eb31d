import { lstatSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadOnlyMount, SandboxSpec } from '../driver.ts'
import { heldWithoutLinks } from './held-path.ts'
import { imageMounts } from './image-frame.ts'

/**
 * The source of a mount that is not what the container shows in its place. Paths were checked before the engine took
 * them; whoever owns a directory on the way could exchange it in between. The inode tells, whatever was changed back.
 */
export function exchangedMount(pid: number, spec: SandboxSpec): string | undefined {
  return mountsOf(spec).find(({ source, target }) => !isShown(source, `/proc/${pid}/root${target}`))?.source
}

function isShown(source: string, place: string): boolean {
  try {
    return heldWithoutLinks(source, (held) => {
      const [asked, shown] = [statSync(held, { bigint: true }), lstatSync(place, { bigint: true })]
      return asked.dev === shown.dev && asked.ino === shown.ino
    })
  } catch {
    return false
  }
}

function mountsOf({
  workspace,
  mounts,
  writableMount,
  socketDirectory,
  imageRoot,
}: SandboxSpec): ReadOnlyMount[] {
  const { source, target, writable } = workspace
  const opened = Array.isArray(writable) ? writable : []
  return [
    { source, target },
    ...opened.map((directory) => ({ source: join(source, directory), target: join(target, directory) })),
    ...mounts,
    ...(imageRoot === undefined ? [] : imageMounts(imageRoot)),
    ...(writableMount ? [writableMount] : []),
    ...(socketDirectory === undefined ? [] : [{ source: socketDirectory, target: '/run/airlock' }]),
  ]
}
