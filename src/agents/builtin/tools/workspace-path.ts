import { readlink, realpath } from 'node:fs/promises'
import { basename, dirname, join, posix, relative, resolve } from 'node:path'
import type { Refusal } from '#contract/refusal.ts'
import type { Bench } from './bench.ts'

export type Located =
  | { readonly inside: true; readonly absolute: string; readonly relative: string }
  | { readonly inside: false; readonly refusal: Refusal }

/**
 * Where a path of the model really lies, with every link followed. A path whose real place is outside the workspace
 * is refused: a link planted in the repository must not lead the tools out.
 */
export async function locate(bench: Bench, path: string): Promise<Located> {
  if (path.includes('\0') || path.length > 4_096) return outside(path.slice(0, 200))
  const absolute = await realPlace(resolve(bench.workspace, path))
  const within = relative(bench.workspace, absolute)
  if (within === '..' || within.startsWith('../') || posix.isAbsolute(within)) return outside(path)
  return { inside: true, absolute, relative: within }
}

/** As `locate`, and the scope must let the path be written. */
export async function locateForWriting(bench: Bench, path: string): Promise<Located> {
  const located = await locate(bench, path)
  if (!located.inside) return located
  const objection =
    bench.objectionToWriting(located.relative) ?? (await bench.permit?.('edit', located.relative))
  if (!objection) return located
  return { inside: false, refusal: { boundary: 'scope', what: `write ${located.relative}`, ...objection } }
}

/** The real path of something that may not exist yet: the part that exists is resolved, the rest appended. */
async function realPlace(absolute: string, depth = 0): Promise<string> {
  try {
    return await realpath(absolute)
  } catch {
    const parent = dirname(absolute)
    if (parent === absolute) return absolute
    // A link that leads nowhere is followed by whoever writes to it: its target decides, and a circle ends outside.
    const target = await readlink(absolute).catch(() => undefined)
    if (target !== undefined) return depth < 40 ? realPlace(resolve(parent, target), depth + 1) : '/'
    return join(await realPlace(parent, depth), basename(absolute))
  }
}

function outside(path: string): Located {
  return {
    inside: false,
    refusal: {
      rule: 'scope.path-outside',
      boundary: 'scope',
      what: `open ${path}`,
      reason: 'The path leads out of the workspace.',
      remedy: 'Name a file inside the workspace, relative to it.',
    },
  }
}
