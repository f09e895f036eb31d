import { call, type Grammar, literal, NOTHING, name, numberOf } from './reader.ts'
import {
  argumentsOf,
  binary,
  blockOf,
  callOf,
  classNode,
  conditional,
  entryOf,
  heredoc,
  interpolated,
  items,
  loop,
  methodOf,
  target,
  tried,
} from './ruby-nodes.ts'

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
