import { type Finding, finding, repositoryPath } from './finding.ts'
import { firstWords } from './first-words.ts'
import type { PlainOutput } from './plain-output.ts'

const RESULT = /^(\s*)(not )?ok \d+(?: -)? ?(.*)$/
const SUBTEST = /^(\s*)# Subtest: (.*)$/
const FIELD = /^\s+(error|message|location|at|failureType): *(.*)$/

export function recognisesTap(output: PlainOutput): boolean {
  return (
    /^TAP version 1[34]$/m.test(output.text) ||
    (/^(?:not )?ok 1\b/m.test(output.text) && /^1\.\.\d+$/m.test(output.text))
  )
}

/** The Test Anything Protocol, with subtests as node:test and Vitest nest them and the YAML blocks below failures. */
export function parseTap(output: PlainOutput): Finding[] {
  const lines = output.lines
  const open: { readonly depth: number; readonly name: string }[] = []
  return lines.flatMap((text, index) => {
    const subtest = SUBTEST.exec(text)
    if (subtest !== null) enter(open, subtest[1] ?? '', subtest[2] ?? '')
    const result = RESULT.exec(text)
    if (result === null) return []
    const [, indent = '', not, title = ''] = result
    const { name, directive, opens } = readTitle(title)
    enter(open, indent, name)
    if (not === undefined || directive || opens) return []
    const fields = fieldsBelow(lines, index + 1)
    if (fields.failureType === 'subtestsFailed') return []
    return [
      failure(
        open.map((level) => level.name),
        fields,
      ),
    ]
  })
}

function enter(open: { depth: number; name: string }[], indent: string, name: string): void {
  while ((open.at(-1)?.depth ?? -1) >= indent.length) open.pop()
  open.push({ depth: indent.length, name: unescaped(name) })
}

function readTitle(title: string): { name: string; directive: boolean; opens: boolean } {
  const opens = /\{$/.test(title)
  const name = title.replace(/ ?\{$/, '').replace(/ # time=[\d.]+m?s$/, '')
  const directive = /(?:^|[^\\])# (?:TODO|SKIP)\b/i.test(name)
  return { name, directive, opens }
}

function unescaped(name: string): string {
  return name.replaceAll('\\#', '#').replaceAll('\\\\', '\\').trim()
}

function fieldsBelow(lines: readonly string[], start: number): Record<string, string> {
  const fields: Record<string, string> = {}
  for (let index = start; index < Math.min(lines.length, start + 100); index += 1) {
    const text = lines[index] ?? ''
    if (text.trim() === '...' || RESULT.test(text)) break
    const field = FIELD.exec(text)
    if (field === null) continue
    const [, key = '', value = ''] = field
    const said = /^[|>]-?$/.test(value) ? firstWords(lines.slice(index + 1, index + 5)) : value
    if (said !== '') fields[key] ??= said.replace(/^(['"])(.*?)\1?$/, '$2')
  }
  if (Object.keys(fields).length === 0) fields.message = firstWords(lines.slice(start, start + 5))
  return fields
}

function failure(names: readonly string[], fields: Record<string, string>): Finding {
  const place = /^(.*?):(\d+):\d+$/.exec(fields.location ?? fields.at ?? '')
  const file = repositoryPath(place?.[1] ?? '')
  return finding({
    tool: 'tap',
    rule: names.filter((name) => name !== file).join(' > '),
    file,
    line: place?.[2],
    message: fields.error ?? fields.message ?? '',
  })
}
