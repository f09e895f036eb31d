import { lstat, readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { leftOut, sourceKind } from '#guards/code-scan/source-kind.ts'

/** One file to look at. */
export interface Collected {
  readonly path: string
  readonly bytes: Uint8Array
  /** Of a change only what it brought in is told. */
  readonly change?: { readonly before: Uint8Array | undefined }
}

/** How many files were passed over, and why. */
export type PassedOver = Record<
  'vendored' | 'lockfile' | 'minified' | 'not_text' | 'too_large' | 'unreadable',
  number
>

export const NOTHING_PASSED_OVER: PassedOver = {
  vendored: 0,
  lockfile: 0,
  minified: 0,
  not_text: 0,
  too_large: 0,
  unreadable: 0,
}

const LARGEST_FILE = 12_000_000
const NEVER = new Set(['.git', '.hg', '.svn'])

/** The files below some paths, one after the other: a large tree is never held in memory. Links are not followed. */
export async function* filesBelow(
  paths: readonly string[],
  root: string,
  passedOver: PassedOver,
): AsyncGenerator<Collected> {
  for (const path of paths) yield* walk(resolve(root, path), root, passedOver, true)
}

async function* walk(
  path: string,
  root: string,
  passedOver: PassedOver,
  named: boolean,
): AsyncGenerator<Collected> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) {
    passedOver.unreadable++
    return
  }
  const shown = relative(root, path).replaceAll('\\', '/') || '.'
  if (stats.isDirectory()) {
    // A directory that is named is looked into, whatever it is called.
    if (!named && leftOut(`${shown}/`) === 'vendored') {
      passedOver.vendored++
      return
    }
    for (const entry of (await readdir(path)).sort())
      if (!NEVER.has(entry)) yield* walk(join(path, entry), root, passedOver, false)
    return
  }
  if (!stats.isFile()) return
  const why = named ? undefined : leftOut(shown.split('/').at(-1) ?? shown)
  if (why !== undefined) passedOver[why]++
  else if (stats.size > LARGEST_FILE) passedOver.too_large++
  else {
    const bytes = await readFile(path).catch(() => undefined)
    if (bytes === undefined) passedOver.unreadable++
    else if (bytes.subarray(0, 8_000).includes(0) && sourceKind(shown).kind === 'other') passedOver.not_text++
    else yield { path: shown, bytes }
  }
}
