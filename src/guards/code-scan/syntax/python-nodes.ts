import type { Argument, ClassNode, Expression, Mark, Parameter, Statement } from './program.ts'
import {
  chain,
  functionNode,
  lazily,
  literal,
  name,
  parameter,
  type Reader,
  typeName,
  unescaped,
} from './reader.ts'
import type { Syntax } from './tree.ts'

export function conditional(node: Syntax, rest: readonly Syntax[], reader: Reader): Statement[] {
  const [next, ...others] = rest
  return [
    {
      kind: 'if',
      condition: reader.expression(node.field('condition')),
      yes: reader.body(node.field('consequence')),
      no:
        next === undefined
          ? []
          : next.kind() === 'elif_clause'
            ? conditional(next, others, reader)
            : reader.body(next.field('body')),
    },
  ]
}

export function text(node: Syntax, reader: Reader): Expression {
  return joined(pieces(node, reader), node)
}

export function joined(parts: readonly Expression[], at: Syntax): Expression {
  const texts = parts.flatMap((part) => (part.kind === 'literal' ? [String(part.value)] : []))
  return texts.length === parts.length ? literal(texts.join(''), at) : { kind: 'text', parts, at }
}

export function pieces(node: Syntax, reader: Reader): Expression[] {
  if (node.kind() !== 'string') return [reader.expression(node)]
  return node.namedChildren().flatMap((part): Expression[] => {
    if (part.kind() === 'string_content') return [literal(unescaped(part.text()), part)]
    return part.kind() === 'interpolation' ? [reader.expression(part.field('expression'))] : []
  })
}

export function binary(node: Syntax, reader: Reader): Expression {
  const operator = node.field('operator')?.text() ?? ''
  if (operator === '+') {
    const parts = chain(
      node,
      (at) => at.kind() === 'binary_operator' && at.field('operator')?.text() === '+',
      (at) => [at.field('left'), at.field('right')],
    )
    return { kind: 'text', parts: parts.map((part) => reader.expression(part)), plus: true, at: node }
  }
  return {
    kind: 'binary',
    operator,
    left: reader.expression(node.field('left')),
    right: reader.expression(node.field('right')),
    at: node,
  }
}

export function comparison(node: Syntax, reader: Reader): Expression {
  const operator = node
    .children()
    .filter((child) => !child.isNamed() || child.kind() === 'not in' || child.kind() === 'is not')
    .map((child) => child.kind())
    .join(' ')
  const [left, right] = reader.heard(node)
  return {
    kind: 'binary',
    operator,
    left: reader.expression(left),
    right: reader.expression(right),
    at: node,
  }
}

export function items(node: Syntax, reader: Reader): Expression {
  return { kind: 'list', items: reader.heard(node).map((item) => reader.expression(item)), at: node }
}

export function comprehension(node: Syntax, reader: Reader): Expression {
  const clauses = reader.heard(node).filter((child) => child.kind() === 'for_in_clause')
  const each: Statement[] = clauses.map((clause) => ({
    kind: 'do',
    value: {
      kind: 'assign',
      target: reader.expression(clause.field('left')),
      value: {
        kind: 'index',
        of: reader.expression(clause.field('right')),
        key: reader.mixture(clause),
        at: clause,
      },
      at: clause,
    },
  }))
  const body = reader.expression(node.field('body'))
  return {
    kind: 'block',
    body: [...each, { kind: 'do', value: { kind: 'mixture', of: [body], at: node } }],
    at: node,
  }
}

export function argumentsOf(node: Syntax | null, reader: Reader): (Argument | Expression)[] {
  if (node === null) return []
  return reader.heard(node).map((part) => {
    if (part.kind() !== 'keyword_argument') return reader.expression(part)
    return { name: part.field('name')?.text() ?? '', value: reader.expression(part.field('value')) }
  })
}

export function marksOf(node: Syntax, reader: Reader): Mark[] {
  return node
    .namedChildren()
    .filter((child) => child.kind() === 'decorator')
    .map((decorator) => {
      const inner = reader.expression(reader.heard(decorator)[0])
      return inner.kind === 'call'
        ? { name: inner.callee.at.text(), arguments: inner.arguments, at: decorator }
        : { name: inner.at.text(), arguments: [], at: decorator }
    })
}

export function functionOf(node: Syntax, reader: Reader, owner?: ClassNode, marks: readonly Mark[] = []) {
  return functionNode({
    name: node.field('name')?.text(),
    parameters: parametersOf(node.field('parameters'), reader),
    marks,
    at: node,
    owner,
    body: () => reader.body(node.field('body')),
  })
}

export function parametersOf(node: Syntax | null, reader: Reader): Parameter[] {
  if (node === null) return []
  return reader.heard(node).map((part) => {
    const given =
      part.field('name') ?? (part.kind() === 'identifier' ? part : (reader.heard(part)[0] ?? part))
    const fallback = part.field('value')
    return parameter(name(given), {
      at: part,
      type: typeName(part.field('type')?.text()),
      fallback: fallback === null ? undefined : reader.expression(fallback),
    })
  })
}

export function classNode(node: Syntax, reader: Reader, marks: readonly Mark[]): ClassNode {
  const made: ClassNode = {
    name: node.field('name')?.text(),
    bases: (node.field('superclasses')?.namedChildren() ?? []).map((base) => base.text()),
    marks,
    at: node,
    body: lazily(() =>
      (node.field('body')?.namedChildren() ?? []).flatMap((part): readonly Statement[] => {
        const definition = part.kind() === 'decorated_definition' ? part.field('definition') : part
        return definition?.kind() === 'function_definition'
          ? [
              {
                kind: 'define',
                fn: functionOf(definition, reader, made, part === definition ? [] : marksOf(part, reader)),
              },
            ]
          : reader.statement(part)
      }),
    ),
  }
  return made
}
