import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'

/** One thing to be judged, out of a line of JSON. */
export interface GuardItem {
  readonly id: string | number
  readonly text: string
  readonly lang?: string | undefined
}

export type ParsedLine = GuardItem | { readonly id: string | number | null; readonly broken: string }

/** What a guard reads of one file at most; more is not read and is refused. */
const LARGEST_FILE = 16 * 1024 * 1024

/** True when the first line is a JSON object with an id, a text or a path: many items, one in each line. */
export function isJsonLines(input: string): boolean {
  const first = input.slice(0, input.indexOf('\n') >>> 0).trim()
  if (!first.startsWith('{')) return false
  const value = parsed(first)
  return isRecord(value) && ['id', 'text', 'path'].some((key) => key in value)
}

/** Reads one line of JSON Lines: `{"id","text"|"path","lang"?}`. A line that is none is an item too, and names its flaw. */
export async function parseItem(line: string, index: number, directory: string): Promise<ParsedLine> {
  const value = parsed(line)
  if (!isRecord(value)) return { id: null, broken: 'the line is not a JSON object' }
  const id = typeof value.id === 'string' || typeof value.id === 'number' ? value.id : index
  const lang = typeof value.lang === 'string' ? value.lang : undefined
  if (typeof value.text === 'string') return { id, text: value.text, lang }
  if (typeof value.path !== 'string') return { id, broken: 'it has neither a text nor a path' }
  const text = await textOf(resolve(directory, value.path))
  return text === undefined ? { id, broken: 'its file cannot be read' } : { id, text, lang }
}

/** A file as text; undefined when it cannot be read or is larger than a guard reads. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    return size > LARGEST_FILE ? undefined : await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
