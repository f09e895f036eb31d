import type { Argument, ClassNode, Expression, Parameter, Statement } from './program.ts'
import {
  call,
  chain,
  functionNode,
  lazily,
  literal,
  member,
  name,
  parameter,
  type Reader,
  typeName,
  unescaped,
} from './reader.ts'
import type { Syntax } from './tree.ts'

const CONCATENATES = new Set(['.', '+'])

/** What stands after `<?=` is printed. */
export function programBody(node: Syntax, reader: Reader): Statement[] {
  let printing = false
  return node.namedChildren().flatMap((child): readonly Statement[] => {
    const kind = child.kind()
    const tag =
      kind === 'php_tag'
        ? child.text()
        : kind === 'text_interpolation'
          ? child.text().slice(-5).trim()
          : undefined
    if (tag !== undefined) {
      printing = tag.endsWith('<?=')
      return []
    }
    if (!printing || kind !== 'expression_statement') return reader.statement(child)
    printing = false
    return [{ kind: 'do', value: call(name(child, 'echo'), [reader.mixture(child)], child) }]
  })
}

export function memberAccess(node: Syntax, reader: Reader): Expression {
  return member(reader.expression(node.field('object')), node.field('name')?.text() ?? '', node)
}

export function methodCall(node: Syntax, reader: Reader): Expression {
  const method = node.field('name')
  return call(
    member(reader.expression(node.field('object')), method?.text() ?? '', method ?? node),
    argumentsOf(node.field('arguments'), reader),
    node,
  )
}

export function builtin(callee: string, node: Syntax, reader: Reader): Expression {
  return call(
    name(node, callee),
    reader.heard(node).map((part) => reader.expression(part)),
    node,
  )
}

export function interpolated(node: Syntax, reader: Reader): Expression {
  const parts = node.namedChildren()
  if (parts.every((part) => part.kind() === 'string_content' || part.kind() === 'escape_sequence'))
    return literal(unescaped(parts.map((part) => part.text()).join('')), node)
  return {
    kind: 'text',
    at: node,
    parts: parts.map((part) =>
      part.kind() === 'string_content' || part.kind() === 'escape_sequence'
        ? literal(unescaped(part.text()), part)
        : part.kind() === 'dynamic_variable_name'
          ? name(part, `$${part.namedChildren()[0]?.text() ?? ''}`)
          : reader.expression(part),
    ),
  }
}

export function binary(node: Syntax, reader: Reader): Expression {
  const operator = operatorOf(node)
  if (CONCATENATES.has(operator) || operator === '&&' || operator === '||') {
    const parts = chain(
      node,
      (at) => at.kind() === 'binary_expression' && operatorOf(at) === operator,
      (at) => [at.field('left'), at.field('right')],
    ).map((part) => reader.expression(part))
    if (operator === '.') return { kind: 'text', parts, at: node }
    if (operator === '+') return { kind: 'mixture', of: parts, at: node, safe: true }
    return parts.reduce((left, right) => ({ kind: 'binary', operator, left, right, at: node }))
  }
  return {
    kind: 'binary',
    operator,
    left: reader.expression(node.field('left')),
    right: reader.expression(node.field('right')),
    at: node,
  }
}

function operatorOf(node: Syntax): string {
  const operator = node.field('operator')?.kind() ?? ''
  return operator === 'and' ? '&&' : operator === 'or' ? '||' : operator
}

export function argumentsOf(node: Syntax | null, reader: Reader): (Argument | Expression)[] {
  if (node === null) return []
  return reader.heard(node).map((part) => {
    const given = part.field('name')
    const value = reader.expression(part)
    return given === null ? value : { name: given.text(), value }
  })
}

export function functionExpression(node: Syntax, reader: Reader): Expression {
  return { kind: 'function', fn: functionOf(node, reader), at: node }
}

export function functionOf(node: Syntax, reader: Reader, owner?: ClassNode) {
  const body = node.field('body')
  return functionNode({
    name: node.field('name')?.text(),
    parameters: parametersOf(node.field('parameters'), reader),
    at: node,
    owner,
    body: () => {
      if (body === null) return []
      return body.kind() === 'compound_statement'
        ? reader.body(body)
        : [{ kind: 'return', value: reader.expression(body) }]
    },
  })
}

function parametersOf(node: Syntax | null, reader: Reader): Parameter[] {
  return (node?.namedChildren() ?? []).flatMap((part) => {
    const given = part.field('name')
    if (given === null) return []
    const fallback = part.field('default_value')
    return [
      parameter(name(given), {
        at: part,
        type: typeName(part.field('type')?.text()),
        fallback: fallback === null ? undefined : reader.expression(fallback),
      }),
    ]
  })
}

export function classNode(node: Syntax, reader: Reader): ClassNode {
  const base = node.namedChildren().find((child) => child.kind() === 'base_clause')
  const made: ClassNode = {
    name: node.field('name')?.text(),
    bases: (base?.namedChildren() ?? []).map((part) => part.text().split('\\').at(-1) ?? ''),
    marks: [],
    at: node,
    body: lazily(() =>
      (node.field('body')?.namedChildren() ?? []).flatMap((part): readonly Statement[] =>
        part.kind() === 'method_declaration'
          ? [{ kind: 'define', fn: functionOf(part, reader, made) }]
          : reader.statement(part),
      ),
    ),
  }
  return made
}

export function conditional(node: Syntax, rest: readonly Syntax[], reader: Reader): Statement[] {
  const [next, ...others] = rest
  return [
    {
      kind: 'if',
      condition: reader.expression(node.field('condition')),
      yes: reader.statement(node.field('body')),
      no:
        next === undefined
          ? []
          : next.kind() === 'else_if_clause'
            ? conditional(next, others, reader)
            : reader.statement(next.field('body')),
    },
  ]
}

export function loop(node: Syntax, reader: Reader): Statement[] {
  const body = node.fieldChildren('body')
  const initial =
    node.field('initialize') ?? node.namedChildren().find((child) => child.kind() === 'assignment_expression')
  return [
    {
      kind: 'loop',
      before: node.kind() === 'for_statement' ? reader.statement(initial) : [],
      condition: node.field('condition') === null ? undefined : reader.expression(node.field('condition')),
      body: body.flatMap((part) => reader.statement(part)),
    },
  ]
}
