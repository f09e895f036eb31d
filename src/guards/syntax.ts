import { Lang, parse, type SgNode } from '@ast-grep/napi'
import { parseAllDocuments } from 'yaml'

/** A place where a text stops being its language; lines and columns count from 1. */
export interface SyntaxFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Beyond this size a file is data, and is not parsed. */
const LARGEST = 2 * 1024 * 1024

const TREES: Readonly<Record<string, Lang>> = {
  js: Lang.JavaScript,
  mjs: Lang.JavaScript,
  cjs: Lang.JavaScript,
  jsx: Lang.JavaScript,
  ts: Lang.TypeScript,
  mts: Lang.TypeScript,
  cts: Lang.TypeScript,
  tsx: Lang.Tsx,
  css: Lang.Css,
  html: Lang.Html,
  htm: Lang.Html,
}

/** The syntax faults of a file, in order; undefined when its language is not one we can parse. */
export function syntaxFaults(path: string, text: string): readonly SyntaxFault[] | undefined {
  if (text.length > LARGEST) return undefined
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  if (extension === 'json') return jsonFaults(text)
  if (extension === 'yaml' || extension === 'yml') return yamlFaults(text)
  const language = Object.hasOwn(TREES, extension) ? TREES[extension] : undefined
  return language === undefined ? undefined : treeFaults(language, text)
}

/** The first fault an edit brings in; undefined when it brings none or the file was as broken before. */
export function newSyntaxFault(path: string, before: string, after: string): SyntaxFault | undefined {
  const now = syntaxFaults(path, after)
  if (!now || now.length === 0) return undefined
  const then = before.trim() === '' ? [] : (syntaxFaults(path, before) ?? [])
  if (then.length >= now.length) return undefined
  const known = new Set(then.map(({ message }) => message))
  return now.find(({ message }) => !known.has(message)) ?? now[0]
}

function treeFaults(language: Lang, text: string): SyntaxFault[] {
  const faults: SyntaxFault[] = []
  const root = parse(language, text).root()
  const waiting: SgNode[] = root.children()
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.kind() === 'ERROR') faults.push(faultAt(node, `unexpected \`${shorten(node.text())}\``))
    else if (isMissing(node)) faults.push(faultAt(node, `\`${node.kind()}\` is missing`))
    else waiting.push(...node.children())
  }
  if (root.kind() === 'ERROR') faults.push(faultAt(root, `unexpected \`${shorten(text)}\``))
  return faults.sort((a, b) => a.line - b.line || a.column - b.column)
}

/** Tree-sitter repairs a text by adding empty tokens: each is something that should have been written. */
function isMissing(node: SgNode): boolean {
  const { start, end } = node.range()
  return node.isLeaf() && start.index === end.index && node.kind() !== 'implicit_end_tag'
}

function faultAt(node: SgNode, message: string): SyntaxFault {
  const { line, column } = node.range().start
  return { line: line + 1, column: column + 1, message }
}

function jsonFaults(text: string): SyntaxFault[] {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const offset = Number(/position (\d+)/.exec(message)?.[1] ?? 0)
    const lines = text.slice(0, offset).split('\n')
    return [{ line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1, message: shorten(message) }]
  }
}

function yamlFaults(text: string): SyntaxFault[] {
  const documents = parseAllDocuments(text, { prettyErrors: true })
  return [...documents].flatMap((document) =>
    document.errors.map((error) => ({
      line: error.linePos?.[0].line ?? 1,
      column: error.linePos?.[0].col ?? 1,
      message: shorten(error.message),
    })),
  )
}

function shorten(text: string): string {
  const line = text.split('\n', 1)[0] ?? ''
  return line.length > 60 ? `${line.slice(0, 60)}…` : line
}
