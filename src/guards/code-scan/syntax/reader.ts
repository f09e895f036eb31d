import type { Argument, Constant, Expression, FunctionNode, Mark, Parameter, Statement } from './program.ts'
import type { Syntax } from './tree.ts'

/** How a grammar's nodes are read into the small language. What is not named becomes a mixture of its parts. */
export interface Grammar {
  readonly expressions: Readonly<Record<string, (node: Syntax, reader: Reader) => Expression>>
  readonly statements: Readonly<Record<string, (node: Syntax, reader: Reader) => readonly Statement[]>>
  /** Kinds that say nothing: comments, punctuation that has a name, types. */
  readonly silent: ReadonlySet<string>
}

/** Nested deeper than a person writes; nobody can say what such a file does. */
export class TooDeep extends Error {}

const DEEPEST = 400

export class Reader {
  readonly #grammar: Grammar
  readonly #isIdle: (node: Syntax) => boolean
  #depth = 0

  /** Statements of the file itself that are idle are not read. */
  constructor(grammar: Grammar, isIdle: (node: Syntax) => boolean = () => false) {
    this.#grammar = grammar
    this.#isIdle = isIdle
  }

  expression(node: Syntax | null | undefined): Expression {
    if (node === null || node === undefined) return NOTHING
    const kind = node.kind()
    const read = this.#grammar.expressions[kind]
    return this.#deeper(() => {
      if (read !== undefined) return read(node, this)
      if (this.#grammar.statements[kind] !== undefined)
        return { kind: 'block', body: this.statement(node), at: node }
      return this.mixture(node)
    })
  }

  /** One node that stands as a statement; blocks give several. */
  statement(node: Syntax | null | undefined): readonly Statement[] {
    if (node === null || node === undefined) return []
    const kind = node.kind()
    if (this.#grammar.silent.has(kind)) return []
    const read = this.#grammar.statements[kind]
    if (read !== undefined) return this.#deeper(() => read(node, this))
    return [{ kind: 'do', value: this.expression(node) }]
  }

  /** The statements among a node's children. */
  body(node: Syntax | null | undefined): readonly Statement[] {
    return node === null || node === undefined
      ? []
      : node
          .namedChildren()
          .flatMap((child) => (this.#depth <= 1 && this.#isIdle(child) ? [] : this.statement(child)))
  }

  mixture(node: Syntax): Expression {
    const parts = this.heard(node)
    const [only] = parts
    if (parts.length === 1 && only !== undefined) return this.expression(only)
    return { kind: 'mixture', of: parts.map((part) => this.expression(part)), at: node }
  }

  /** The named children that say something. */
  heard(node: Syntax): Syntax[] {
    return node.namedChildren().filter((child) => !this.#grammar.silent.has(child.kind()))
  }

  #deeper<T>(read: () => T): T {
    if (this.#depth >= DEEPEST) throw new TooDeep()
    this.#depth++
    try {
      return read()
    } finally {
      this.#depth--
    }
  }
}

export const NO_PLACE: Syntax = {
  kind: () => '',
  text: () => '',
  range: () => ({ start: { line: 0, column: 0, index: 0 }, end: { line: 0, column: 0, index: 0 } }),
  children: () => [],
  namedChildren: () => [],
  field: () => null,
  fieldChildren: () => [],
  findAll: () => [],
  has: () => false,
  isNamed: () => false,
  parent: () => null,
}

export const NOTHING: Expression = { kind: 'literal', value: null, at: NO_PLACE }

export function literal(value: Constant, at: Syntax): Expression {
  return { kind: 'literal', value, at }
}

export function name(at: Syntax, text: string = at.text()): Expression {
  return { kind: 'name', name: text, at }
}

export function member(of: Expression, property: string, at: Syntax): Expression {
  return { kind: 'member', of, name: property, at }
}

export function call(
  callee: Expression,
  values: readonly (Argument | Expression)[],
  at: Syntax,
  creates = false,
): Expression {
  return {
    kind: 'call',
    callee,
    arguments: values.map((value) => ('kind' in value ? { value } : value)),
    at,
    ...(creates ? { creates } : {}),
  }
}

/** A chain of `+` (or `.`) of any length, read without recursion on its left side. */
export function chain(
  node: Syntax,
  isLink: (node: Syntax) => boolean,
  sides: (node: Syntax) => readonly [Syntax | null, Syntax | null],
): Syntax[] {
  const parts: Syntax[] = []
  let at: Syntax | null = node
  while (at !== null && isLink(at)) {
    const [left, right]: readonly [Syntax | null, Syntax | null] = sides(at)
    if (right !== null) parts.push(right)
    at = left
  }
  if (at !== null) parts.push(at)
  return parts.reverse()
}

export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

export function functionNode(
  given: Omit<FunctionNode, 'marks'> & { readonly marks?: readonly Mark[] },
): FunctionNode {
  return { marks: [], ...given, body: lazily(given.body) }
}

export function parameter(
  pattern: Expression,
  given: Partial<Parameter> & { readonly at: Syntax },
): Parameter {
  return {
    pattern,
    name: pattern.kind === 'name' ? pattern.name : undefined,
    type: undefined,
    marks: [],
    fallback: undefined,
    ...given,
  }
}

/** The text of a literal between its quotes, with the escapes that matter undone. */
export function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replace(
        /\\(.)/gs,
        (_, letter: string) => ({ n: '\n', t: '\t', r: '\r', '\n': '' })[letter] ?? letter,
      )
    : text
}

export function numberOf(text: string): number | null {
  const clean = text.replace(/_/g, '').replace(/(?<=\d)[lLfFdDuU]+$/, '')
  const value = Number(/^0[0-7]+$/.test(clean) ? `0o${clean.slice(1)}` : clean)
  return clean !== '' && Number.isFinite(value) ? value : null
}

/** `Map<String, X>` and `*pkg.Type` without what is around the name. */
export function typeName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const bare = text.replace(/^[:\s*&?]+/, '').replace(/\s/g, '')
  const inner = /^(?:Optional|Annotated|Union|Promise|Readonly|mut|'[a-z]+)[[<]([\w.]+)/.exec(bare)?.[1]
  return (inner ?? bare).split(/[<[|?({]/, 1)[0]?.replaceAll('\\', '.') || undefined
}
