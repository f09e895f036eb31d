import type { Argument, ClassNode, Entry, Expression, FunctionNode, Parameter, Statement } from './program.ts'
import {
  call,
  chain,
  functionNode,
  type Grammar,
  lazily,
  literal,
  member,
  NOTHING,
  name,
  numberOf,
  parameter,
  type Reader,
  unescaped,
} from './reader.ts'
import type { Syntax } from './tree.ts'

export const RUBY: Grammar = {
  silent: new Set(['comment', 'heredoc_body_', 'empty_statement', 'uninterpreted']),
  expressions: {
    identifier: (node) => name(node),
    constant: (node) => name(node),
    instance_variable: (node) => name(node),
    class_variable: (node) => name(node),
    global_variable: (node) => name(node),
    self: (node) => name(node, 'self'),
    scope_resolution: (node) => name(node, node.text().replace(/^::/, '').replaceAll('::', '.')),
    string: interpolated,
    bare_string: interpolated,
    string_array: items,
    symbol_array: items,
    bare_symbol: (node) => literal(node.text(), node),
    chained_string: (node, reader) => ({
      kind: 'text',
      parts: reader.heard(node).map((part) => reader.expression(part)),
      at: node,
    }),
    character: (node) => literal(node.text().slice(1), node),
    simple_symbol: (node) => literal(node.text().replace(/^:/, ''), node),
    hash_key_symbol: (node) => literal(node.text(), node),
    delimited_symbol: interpolated,
    integer: (node) => literal(numberOf(node.text()), node),
    float: (node) => literal(numberOf(node.text()), node),
    true: (node) => literal(true, node),
    false: (node) => literal(false, node),
    nil: (node) => literal(null, node),
    regex: (node, reader) => {
      const parts = reader.heard(node).filter((part) => part.kind() === 'interpolation')
      if (parts.length === 0)
        return { kind: 'literal', value: node.text().slice(1, -1), pattern: true, at: node }
      return call(name(node, 'Regexp.new'), [interpolated(node, reader)], node)
    },
    heredoc_beginning: heredoc,
    heredoc_body: () => NOTHING,
    subshell: (node, reader) => call(name(node, '`'), [interpolated(node, reader)], node),
    element_reference: (node, reader) => ({
      kind: 'index',
      of: reader.expression(node.field('object')),
      key: reader.expression(reader.heard(node)[1]),
      at: node,
    }),
    call: callOf,
    binary,
    unary: (node, reader) => {
      const of = reader.expression(node.field('operand'))
      const operator = node.field('operator')?.text() ?? node.text().charAt(0)
      if (operator === 'not' || operator === '!') return { kind: 'not', of, at: node }
      if (operator === 'defined?') return { kind: 'mixture', of: [], at: node, safe: true }
      return of.kind === 'literal' && typeof of.value === 'number' && operator === '-'
        ? literal(-of.value, node)
        : of
    },
    conditional: (node, reader) => ({
      kind: 'choice',
      condition: reader.expression(node.field('condition')),
      yes: reader.expression(node.field('consequence')),
      no: reader.expression(node.field('alternative')),
      at: node,
    }),
    assignment: (node, reader) => ({
      kind: 'assign',
      target: target(node.field('left'), reader),
      value: reader.expression(node.field('right')),
      at: node,
    }),
    operator_assignment: (node, reader) => {
      const into = target(node.field('left'), reader)
      const value = reader.expression(node.field('right'))
      const plus = node.field('operator')?.text() === '+='
      return {
        kind: 'assign',
        target: into,
        value: plus
          ? { kind: 'text', parts: [into, value], plus: true, at: node }
          : { kind: 'mixture', of: [into, value], at: node },
        at: node,
      }
    },
    array: items,
    left_assignment_list: items,
    right_assignment_list: items,
    hash: (node, reader) => ({
      kind: 'record',
      entries: reader.heard(node).map((part) => entryOf(part, reader)),
      at: node,
    }),
    pair: (node, reader) => ({ kind: 'record', entries: [entryOf(node, reader)], at: node }),
    splat_argument: (node, reader) => ({ kind: 'spread', of: reader.mixture(node), at: node }),
    hash_splat_argument: (node, reader) => ({ kind: 'spread', of: reader.mixture(node), at: node }),
    block_argument: (node, reader) => reader.mixture(node),
    parenthesized_statements: (node, reader) => ({ kind: 'block', body: reader.body(node), at: node }),
    lambda: (node, reader) => ({ kind: 'function', fn: blockOf(node, reader), at: node }),
    do_block: (node, reader) => ({ kind: 'function', fn: blockOf(node, reader), at: node }),
    block: (node, reader) => ({ kind: 'function', fn: blockOf(node, reader), at: node }),
    interpolation: (node, reader) => reader.mixture(node),
    yield: (node, reader) =>
      call(name(node, 'yield'), argumentsOf(reader.heard(node)[0] ?? null, reader), node),
    super: (node) => name(node, 'super'),
    range: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    rescue_modifier: (node, reader) => ({
      kind: 'mixture',
      of: reader.heard(node).map((part) => reader.expression(part)),
      at: node,
    }),
  },
  statements: {
    program: (node, reader) => reader.body(node),
    body_statement: tried,
    block_body: (node, reader) => reader.body(node),
    begin: tried,
    begin_block: (node, reader) => reader.body(node),
    // biome-ignore lint/suspicious/noThenProperty: the grammar of Ruby calls this node `then`
    then: (node, reader) => reader.body(node),
    do: (node, reader) => reader.body(node),
    else: (node, reader) => reader.body(node),
    module: (node, reader) => reader.body(node.field('body')),
    class: (node, reader) => [{ kind: 'class', node: classNode(node, reader) }],
    singleton_class: (node, reader) => reader.body(node.field('body')),
    method: (node, reader) => [{ kind: 'define', fn: methodOf(node, reader) }],
    singleton_method: (node, reader) => [{ kind: 'define', fn: methodOf(node, reader) }],
    if: (node, reader) => conditional(node, reader),
    elsif: (node, reader) => conditional(node, reader),
    unless: (node, reader) => {
      const [made] = conditional(node, reader)
      return made?.kind === 'if' ? [{ ...made, yes: made.no, no: made.yes }] : []
    },
    if_modifier: (node, reader) => [
      {
        kind: 'if',
        condition: reader.expression(node.field('condition')),
        yes: reader.statement(node.field('body')),
        no: [],
      },
    ],
    unless_modifier: (node, reader) => [
      {
        kind: 'if',
        condition: reader.expression(node.field('condition')),
        yes: [],
        no: reader.statement(node.field('body')),
      },
    ],
    while: loop,
    until: loop,
    while_modifier: loop,
    until_modifier: loop,
    for: (node, reader) => [
      {
        kind: 'loop',
        before: [],
        each: {
          target: reader.expression(node.field('pattern')),
          of: reader.mixture(node.field('value') ?? node),
          keys: false,
        },
        body: reader.body(node.field('body')),
      },
    ],
    case: (node, reader) => {
      const subject = node.field('value')
      return [
        {
          kind: 'switch',
          on: subject === null ? undefined : reader.expression(subject),
          cases: node
            .namedChildren()
            .filter((child) => child.kind() === 'when' || child.kind() === 'else')
            .map((part) => ({
              tests: part.fieldChildren('pattern').map((test) => reader.mixture(test)),
              body: part.kind() === 'else' ? reader.body(part) : reader.body(part.field('body')),
              fallsThrough: false,
            })),
        },
      ]
    },
    return: (node, reader) => {
      const [given] = reader.heard(node)
      const [value] = given === undefined ? [] : argumentsOf(given, reader)
      return [
        { kind: 'return', value: value === undefined ? undefined : 'kind' in value ? value : value.value },
      ]
    },
    break: () => [{ kind: 'leave', value: undefined, break: true }],
    next: () => [{ kind: 'leave', value: undefined, break: true }],
    redo: () => [{ kind: 'leave', value: undefined, break: true }],
    alias: () => [],
    undef: () => [],
  },
}

function items(node: Syntax, reader: Reader): Expression {
  return { kind: 'list', items: reader.heard(node).map((item) => reader.expression(item)), at: node }
}

function target(node: Syntax | null, reader: Reader): Expression {
  if (node?.kind() !== 'call') return reader.expression(node)
  return member(reader.expression(node.field('receiver')), node.field('method')?.text() ?? '', node)
}

function interpolated(node: Syntax, reader: Reader): Expression {
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
function heredoc(node: Syntax, reader: Reader): Expression {
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

function callOf(node: Syntax, reader: Reader): Expression {
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

function argumentsOf(node: Syntax | null, reader: Reader): (Argument | Expression)[] {
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

function entryOf(part: Syntax, reader: Reader): Entry {
  if (part.kind() !== 'pair') return { key: undefined, value: reader.mixture(part) }
  const value = part.field('value')
  const key = part.field('key')
  return {
    key: reader.expression(key),
    value: value === null && key !== null ? name(key) : reader.expression(value),
  }
}

function binary(node: Syntax, reader: Reader): Expression {
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

function conditional(node: Syntax, reader: Reader): Statement[] {
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

function loop(node: Syntax, reader: Reader): Statement[] {
  return [
    {
      kind: 'loop',
      before: [],
      condition: reader.expression(node.field('condition')),
      body: reader.statement(node.field('body')),
    },
  ]
}

function tried(node: Syntax, reader: Reader): Statement[] {
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

function methodOf(node: Syntax, reader: Reader, owner?: ClassNode): FunctionNode {
  return functionNode({
    name: node.field('name')?.text(),
    parameters: parametersOf(node.field('parameters'), reader),
    at: node,
    owner,
    body: () => withValue(reader.statement(node.field('body'))),
  })
}

function blockOf(node: Syntax, reader: Reader): FunctionNode {
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

function classNode(node: Syntax, reader: Reader): ClassNode {
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
