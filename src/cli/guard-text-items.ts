import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Provenance } from '#guards/injection/signal.ts'
import { judgeText, type TextGuard, type TextJudgement } from '#guards/text.ts'

/** One text to look at. */
export interface TextItem {
  readonly id: string | number
  readonly text?: string | undefined
  readonly path?: string | undefined
  readonly provenance?: Provenance | undefined
}

export interface TextVerdict extends TextJudgement {
  readonly id: string | number
}

const LARGEST_FILE = 64 * 1024 * 1024

/** Looks at one text with the guards that are wanted. What cannot be read is flagged, never passed. */
export async function judgeItem(
  item: TextItem,
  guards: readonly TextGuard[],
  directory: string,
): Promise<TextVerdict> {
  const text = item.text ?? (await textOf(item.path, directory))
  if (text === undefined)
    return {
      id: item.id,
      verdict: 'flag',
      class: 'unreadable',
      rule: 'guard.unreadable',
      reason: 'The text cannot be read.',
      findings: [],
    }
  return { id: item.id, ...judgeText(text, { guards, provenance: item.provenance, path: item.path }) }
}

/** The text of a file, or nothing when it cannot be read or is beyond all measure. */
export async function textOf(path: string | undefined, directory: string): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    const bytes = await readFile(resolve(directory, path))
    return bytes.length > LARGEST_FILE ? undefined : bytes.toString('utf8')
  } catch {
    return undefined
  }
}
