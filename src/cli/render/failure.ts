import { z } from 'zod'
import type { Failure } from '#kernel/failure.ts'
import { manyLines, oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { pairs } from '../terminal/table.ts'

/** A refusal for a person: what, the rule that said so, what it knows, the way out, and the code for programs. */
export function failureText(failure: Failure, paint: Paint): string {
  const { code, message, rule, remedy, details } = failure
  const lines: [string, string][] = []
  if (rule !== undefined) lines.push(['rule', oneLine(rule)])
  for (const [name, value] of Object.entries(details ?? {})) lines.push([words(name), detail(value)])
  if (remedy !== undefined) lines.push(['remedy', paint('green', manyLines(remedy))])
  lines.push(['code', code])
  return `${paint('red', '✗')} ${paint('bold', manyLines(message))}\n${pairs(lines, paint)}`
}

function detail(value: unknown): string {
  if (typeof value === 'string') return manyLines(value)
  if (Array.isArray(value)) return value.map(item).join('\n')
  return oneLine(JSON.stringify(value) ?? '')
}

/** The place and the problem of what is wrong with a request or a file, else the value itself. */
function item(value: unknown): string {
  if (typeof value === 'string') return manyLines(value)
  const { path, message } = z
    .object({ path: z.string(), message: z.string() })
    .partial()
    .catch({})
    .parse(value)
  if (path !== undefined && message !== undefined) return `${oneLine(path)}: ${oneLine(message)}`
  return oneLine(JSON.stringify(value) ?? '')
}

function words(name: string): string {
  return oneLine(name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())
}
