import type { Argument, ClassNode, Entry, Expression, FunctionNode, Parameter, Statement } from './program.ts'
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
  unescaped,
} from './reader.ts'
import type { Syntax } from './tree.ts'

export function items(node: Syntax, reader: Reader): Expression {
  return { kind: 'list', items: reader.heard(node).map((item) => reader.expression(item)), at: node }
}

export function target(node: Syntax | null, reader: Reader): Expression {
  if (node?.kind() !== 'call') return reader.expression(node)
  return member(reader.expression(node.field('receiver')), node.field('method')?.text() ?? '', node)
}

export function interpolated(node: Syntax, reader: Reader): Expression {
  const parts = node.namedChildren()
  const isText = (part: Syntax) => part.kind() !== 'interpolation'
  const textOf = (part: Syntax) => (part.kind() === 'heredoc_end' ? '' : unescaped(part.text()))
  if (parts.every(isText)) return literal(parts.map(textOf).join(''), node)
  return {
    kind: 'text',
    at: node,
    parts: parts.map((part) => (isText(part) ? literal(textOf(part), part) : reader.mixture(part))),
  }
}

/** The body of a here-document stands after the statement that begins it. */
export function heredoc(node: Syntax, reader: Reader): Expression {
  const word = /[A-Za-z_]\w*/.exec(node.text())?.[0]
  let above: Syntax | null = node
  for (let steps = 0; above !== null && steps < 12; steps++) {
    const body = above
      .namedChildren()
      .find(
        (child) =>
          child.kind() === 'heredoc_body' &&
          child.namedChildren().some((part) => part.kind() === 'heredoc_end' && part.text() === word),
      )
    if (body !== undefined) return interpolated(body, reader)
    above = above.parent()
  }
  return literal('', node)
}

export function callOf(node: Syntax, reader: Reader): Expression {
  const receiver = node.field('receiver')
  const method = node.field('method')
  const text = method?.text() ?? 'call'
  const given = argumentsOf(node.field('arguments'), reader)
  const block = node.field('block')
  const values: (Argument | Expression)[] =
    block === null
      ? given
      : [...given, { name: '&', value: { kind: 'function', fn: blockOf(block, reader), at: block } }]
  if (receiver === null) return call(name(method ?? node, text), values, node)
  const of = reader.expression(receiver)
  if (text === 'new') return call(of, values, node, true)
  const callee = member(of, text, method ?? node)
  // `a.b` without arguments may read as well as call; both mean the same here.
  return call(callee, values, node)
}

export function argumentsOf(node: Syntax | null, reader: Reader): (Argument | Expression)[] {
  if (node === null) return []
  return reader.heard(node).map((part): Argument | Expression => {
    const key = part.kind() === 'pair' ? part.field('key') : null
    if (key === null) return reader.expression(part)
    const value = part.field('value')
    return key.kind() === 'hash_key_symbol' || key.kind() === 'simple_symbol' || key.kind() === 'string'
      ? {
          name: key.text().replace(/^[:'"]|['"]$/g, ''),
          value: value === null ? name(key) : reader.expression(value),
        }
      : reader.expression(part)
  })
}

export function entryOf(part: Syntax, reader: Reader): Entry {
  if (part.kind() !== 'pair') return { key: undefined, value: reader.mixture(part) }
  const value = part.field('value')
  const key = part.field('key')
  return {
    key: reader.expression(key),
    value: value === null && key !== null ? name(key) : reader.expression(value),
  }
}

export function binary(node: Syntax, reader: Reader): Expression {
  const read = node.field('operator')?.kind() ?? ''
  const operator = read === 'and' ? '&&' : read === 'or' ? '||' : read
  if (operator === '+') {
    const parts = chain(
      node,
      (at) => at.kind() === 'binary' && at.field('operator')?.kind() === '+',
      (at) => [at.field('left'), at.field('right')],
    )
    return { kind: 'text', parts: parts.map((part) => reader.expression(part)), plus: true, at: node }
  }
  const left = reader.expression(node.field('left'))
  const right = reader.expression(node.field('right'))
  if (operator === '<<') return call(member(left, '<<', node), [right], node)
  return { kind: 'binary', operator, left, right, at: node }
}

export function conditional(node: Syntax, reader: Reader): Statement[] {
  const no = node.field('alternative')
  return [
    {
      kind: 'if',
      condition: reader.expression(node.field('condition')),
      yes: reader.body(node.field('consequence')),
      no: no === null ? [] : reader.statement(no),
    },
  ]
}

export function loop(node: Syntax, reader: Reader): Statement[] {
  return [
    {
      kind: 'loop',
      before: [],
      condition: reader.expression(node.field('condition')),
      body: reader.statement(node.field('body')),
    },
  ]
}

export function tried(node: Syntax, reader: Reader): Statement[] {
  const parts = reader.heard(node)
  const handlers = parts.filter((part) => part.kind() === 'rescue')
  const ensured = parts.filter((part) => part.kind() === 'ensure')
  const body = parts
    .filter((part) => !['rescue', 'ensure', 'heredoc_body'].includes(part.kind()))
    .flatMap((part) => reader.statement(part))
  if (handlers.length === 0 && ensured.length === 0) return body
  return [
    {
      kind: 'try',
      body,
      handlers: handlers.map((part) => reader.body(part.field('body'))),
      finally: ensured.flatMap((part) => reader.body(part)),
    },
  ]
}

export function methodOf(node: Syntax, reader: Reader, owner?: ClassNode): FunctionNode {
  return functionNode({
    name: node.field('name')?.text(),
    parameters: parametersOf(node.field('parameters'), reader),
    at: node,
    owner,
    body: () => withValue(reader.statement(node.field('body'))),
  })
}

export function blockOf(node: Syntax, reader: Reader): FunctionNode {
  const inner = node.field('body')
  return functionNode({
    name: undefined,
    parameters: parametersOf(node.field('parameters'), reader),
    at: node,
    body: () => withValue(inner?.kind() === 'block' ? reader.body(inner) : reader.statement(inner)),
  })
}

/** The last expression is what a method or block gives. */
function withValue(body: readonly Statement[]): readonly Statement[] {
  const last = body.at(-1)
  return last?.kind === 'do' ? [...body.slice(0, -1), { kind: 'return', value: last.value }] : body
}

function parametersOf(node: Syntax | null, reader: Reader): Parameter[] {
  if (node === null) return []
  return reader.heard(node).map((part) => {
    const given = part.field('name') ?? part
    const fallback = part.field('value')
    return parameter(name(given), {
      at: part,
      fallback: fallback === null ? undefined : reader.expression(fallback),
    })
  })
}

export function classNode(node: Syntax, reader: Reader): ClassNode {
  const base = node.field('superclass')
  const made: ClassNode = {
    name: node.field('name')?.text(),
    bases: base === null ? [] : [base.text().replace(/^<\s*/, '').replaceAll('::', '.')],
    marks: [],
    at: node,
    body: lazily(() =>
      (node.field('body')?.namedChildren() ?? []).flatMap((part): readonly Statement[] =>
        part.kind() === 'method' || part.kind() === 'singleton_method'
          ? [{ kind: 'define', fn: methodOf(part, reader, made) }]
          : reader.statement(part),
      ),
    ),
  }
  return made
}
