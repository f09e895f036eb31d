import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { inspectFile } from '#guards/code-scan/inspect.ts'
import type { Severity } from '#guards/code-scan/rule.ts'
import { extensionOf, languageNamed } from '#guards/code-scan/source-kind.ts'
import { couldNotScan } from '#guards/code-scan/suppression.ts'
import { type ScanVerdict, scanVerdict } from '#guards/code-scan/verdict.ts'

const Item = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  text: z.string().optional(),
  path: z.string().optional(),
  lang: z.string().optional(),
})

export type ScanLineVerdict = ScanVerdict & { readonly id: string | number }

/** Judges each line `{"id","text"|"path","lang"?}`; a line that is none is flagged. */
export async function* verdictsOf(
  input: string,
  directory: string,
  least: Severity,
): AsyncGenerator<ScanLineVerdict> {
  let index = 0
  for (const line of input.split('\n')) {
    if (line.trim() === '') continue
    index++
    yield await verdictOf(line, index, directory, least)
  }
}

async function verdictOf(
  line: string,
  index: number,
  directory: string,
  least: Severity,
): Promise<ScanLineVerdict> {
  const item = parse(line)
  const id = item?.id ?? index
  if (item === undefined) return unreadable(id, 'The line is no item: it needs "text" or "path".')
  const text =
    item.text ?? (item.path === undefined ? undefined : await textOf(resolve(directory, item.path)))
  if (text === undefined) return unreadable(id, 'There is no text, or its file cannot be read.')
  const path = item.path ?? `item.${extensionOf(item.lang ?? '') ?? 'txt'}`
  if (item.lang !== undefined && languageNamed(item.lang) === undefined && item.path === undefined)
    return unreadable(id, `The language ${item.lang.slice(0, 40)} is not known.`)
  const scan = inspectFile({
    path,
    text,
    language: item.lang !== undefined && languageNamed(item.lang) ? item.lang : undefined,
  })
  const all = [
    ...scan.findings,
    ...(scan.incomplete === undefined ? [] : couldNotScan(path, scan.incomplete)),
  ]
  return { id, ...scanVerdict(all, least) }
}

function parse(line: string): z.infer<typeof Item> | undefined {
  try {
    return Item.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function unreadable(id: string | number, reason: string): ScanLineVerdict {
  return { id, verdict: 'flag', class: 'unreadable', rule: 'airlock.unreadable', reason, findings: [] }
}
