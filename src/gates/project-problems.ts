import { type Document, isMap, isNode, isPair, isScalar, type LineCounter, type Node } from 'yaml'
import { z } from 'zod'

/** One thing wrong with the project file. Line and column count from 1; `path` is like `gates[0].run`. */
export interface ProjectProblem {
  readonly line: number
  readonly column: number
  readonly path: string
  readonly message: string
}

/** Explaining costs a search in the document, and nobody reads more. */
const EXPLAINED_ISSUES = 100

type Issue = z.core.$ZodIssue

/** Says where in the document each issue stands, and how to mend it. In document order. */
export function problemsOf(
  issues: readonly Issue[],
  document: Document.Parsed,
  lines: LineCounter,
  schema: z.ZodType,
): ProjectProblem[] {
  return issues
    .slice(0, EXPLAINED_ISSUES)
    .flatMap((issue) => explain(issue, document, schema))
    .map(({ offset, path, message }) => {
      const { line, col } = lines.linePos(offset)
      return { line, column: col, path: pathText(path), message }
    })
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

interface Explanation {
  readonly offset: number
  readonly path: readonly PropertyKey[]
  readonly message: string
}

function explain(issue: Issue, document: Document.Parsed, schema: z.ZodType): Explanation[] {
  const { path } = issue
  if (issue.code === 'invalid_union') return explainUnion(issue, document, schema)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.slice(0, EXPLAINED_ISSUES).map((key) => ({
      offset: keyOffset(document, path, key),
      path: [...path, key],
      message: `is not a known key; ${suggestion(key, knownKeys(schema, path))}`,
    }))
  const missing = path.length > 0 && !document.hasIn(path)
  if (missing) {
    const parent = path.slice(0, -1)
    return [{ offset: nodeOffset(document, parent), path, message: 'is missing; add it' }]
  }
  return [{ offset: nodeOffset(document, path), path, message: sentence(issue, document) }]
}

/** Of several shapes the one that was meant: a map of keys where there is a map. */
function explainUnion(
  { path, errors }: z.core.$ZodIssueInvalidUnion,
  document: Document.Parsed,
  schema: z.ZodType,
): Explanation[] {
  const isOfMap = (issues: readonly Issue[]) =>
    !issues.some((each) => each.path.length === 0 && each.code !== 'unrecognized_keys')
  const found = isMap(document.getIn(path, true)) ? errors.find(isOfMap) : errors[0]
  return (found ?? []).flatMap((issue) =>
    explain({ ...issue, path: [...path, ...issue.path] }, document, schema),
  )
}

function sentence(issue: Issue, document: Document.Parsed): string {
  const value = JSON.stringify(document.getIn(issue.path)) ?? 'this'
  const shown = value.length > 60 ? `${value.slice(0, 57)}...` : value
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}`
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `cannot be ${shown}; ${suggestion(shown.replaceAll('"', ''), issue.values.map(String))}`
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at least ${issue.minimum}`
        : 'must not be empty'
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at most ${issue.maximum}`
        : `must hold at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'entries'}`
    case 'invalid_format':
      return `cannot be ${shown}; use ${issue.message.startsWith('Invalid') ? 'at most 40 lower-case letters, digits and hyphens' : issue.message}`
    default:
      return issue.message
  }
}

function article(type: string): string {
  const names: Record<string, string> = {
    string: 'text',
    array: 'a list',
    object: 'a map of keys',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  }
  return names[type] ?? type
}

/** "did you mean `gates`?", else the list of what would be allowed. */
function suggestion(wrong: string, allowed: readonly string[]): string {
  const nearest = allowed
    .map((word) => ({ word, distance: editDistance(wrong.toLowerCase().slice(0, 60), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return nearest !== undefined && nearest.distance <= Math.max(1, Math.floor(nearest.word.length / 3))
    ? `did you mean \`${nearest.word}\`?`
    : `use one of ${allowed.join(', ')}`
}

function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap))
    }
    row = next
  }
  return row[to.length] ?? 0
}

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: unknown = schema
  for (const step of path) {
    const inner = unwrap(here)
    if (inner instanceof z.ZodArray) here = inner.element
    else if (inner instanceof z.ZodObject) here = inner.shape[String(step)]
    else return []
  }
  const inner = unwrap(here)
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : []
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrap(schema.unwrap())
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject)
  return schema
}

function nodeOffset(document: Document.Parsed, path: readonly PropertyKey[]): number {
  const node = path.length === 0 ? document.contents : document.getIn(path, true)
  return startOf(node)
}

function keyOffset(document: Document.Parsed, path: readonly PropertyKey[], key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isMap(map)) return startOf(map)
  const pair = map.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
  return startOf(pair?.key)
}

function startOf(node: unknown): number {
  return isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
}
