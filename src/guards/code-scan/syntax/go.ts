import type { Entry, Expression, FunctionNode, Parameter, Statement } from './program.ts'
import {
  call,
  chain,
  functionNode,
  type Grammar,
  literal,
  member,
  NOTHING,
  name,
  numberOf,
  parameter,
  type Reader,
  typeName,
  unescaped,
} from './reader.ts'
import type { Syntax } from './tree.ts'

export const GO: Grammar = {
  silent: new Set(['comment', 'package_clause', 'type_declaration', 'empty_statement', 'type_arguments']),
  expressions: {
    identifier: (node) => name(node),
    field_identifier: (node) => name(node),
    type_identifier: (node) => name(node),
    qualified_type: (node) => name(node),
    interpreted_string_literal: (node) => literal(unescaped(node.text().slice(1, -1)), node),
    raw_string_literal: (node) => literal(node.text().slice(1, -1), node),
    rune_literal: (node) => literal(unescaped(node.text().slice(1, -1)), node),
    int_literal: (node) => literal(numberOf(node.text().replace(/^0o/, '0o')), node),
    float_literal: (node) => literal(numberOf(node.text()), node),
    true: (node) => literal(true, node),
    false: (node) => literal(false, node),
    nil: (node) => literal(null, node),
    iota: (node) => literal(0, node),
    selector_expression: (node, reader) =>
      member(reader.expression(node.field('operand')), node.field('field')?.text() ?? '', node),
    index_expression: (node, reader) => ({
      kind: 'index',
      of: reader.expression(node.field('operand')),
      key: reader.expression(node.field('index')),
      at: node,
    }),
    slice_expression: (node, reader) => reader.expression(node.field('operand')),
    call_expression: (node, reader) => {
      const given = node.field('arguments')
      return call(
        reader.expression(node.field('function')),
        given === null ? [] : reader.heard(given).map((value) => reader.expression(value)),
        node,
      )
    },
    type_conversion_expression: conversion,
    type_assertion_expression: conversion,
    variadic_argument: (node, reader) => ({ kind: 'spread', of: reader.mixture(node), at: node }),
    binary_expression: binary,
    unary_expression: (node, reader) => {
      const of = reader.expression(node.field('operand'))
      if (of.kind === 'literal' && typeof of.value === 'number' && node.text().startsWith('-'))
        return literal(-of.value, node)
      return node.text().startsWith('!') ? { kind: 'not', of, at: node } : of
    },
    parenthesized_expression: (node, reader) => reader.mixture(node),
    composite_literal: (node, reader) => {
      const type = typeName(node.field('type')?.text())
      const body = node.field('body')
      const parts = body === null ? [] : reader.heard(body)
      if (
        node.field('type')?.kind().endsWith('slice_type') ||
        node.field('type')?.kind().endsWith('array_type')
      )
        return { kind: 'list', items: parts.map((part) => reader.mixture(part)), at: node }
      return {
        kind: 'record',
        entries: parts.map((part) => entryOf(part, reader)),
        at: node,
        ...(type === undefined || type === 'map' ? {} : { type }),
      }
    },
    literal_value: (node, reader) => ({
      kind: 'record',
      entries: reader.heard(node).map((part) => entryOf(part, reader)),
      at: node,
    }),
    func_literal: (node, reader) => ({ kind: 'function', fn: functionOf(node, reader), at: node }),
    expression_list: (node, reader) => {
      const parts = reader.heard(node)
      return parts.length === 1
        ? reader.expression(parts[0])
        : { kind: 'list', items: parts.map((part) => reader.expression(part)), at: node }
    },
  },
  statements: {
    source_file: (node, reader) => reader.body(node),
    block: (node, reader) => reader.body(node),
    statement_list: (node, reader) => reader.body(node),
    expression_statement: (node, reader) => reader.body(node),
    import_declaration: (node) =>
      node.findAll({ rule: { kind: 'import_spec' } }).map((spec): Statement => {
        const path = spec.field('path')?.text().slice(1, -1) ?? ''
        const last =
          path
            .replace(/\/v\d+$/, '')
            .split('/')
            .at(-1)
            ?.replace(/\.v\d+$/, '') ?? ''
        return { kind: 'import', name: spec.field('name')?.text() ?? last, path: last }
      }),
    function_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    method_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    short_var_declaration: (node, reader) => assigned(node, 'left', 'right', reader),
    assignment_statement: (node, reader) => {
      const target = reader.expression(node.field('left'))
      const value = reader.expression(node.field('right'))
      return [
        {
          kind: 'do',
          value: {
            kind: 'assign',
            target,
            value:
              node.field('operator')?.text() === '+='
                ? { kind: 'text', parts: [target, value], plus: true, at: node }
                : value,
            at: node,
          },
        },
      ]
    },
    var_declaration: (node, reader) =>
      node.findAll({ rule: { kind: 'var_spec' } }).flatMap((spec) => declared(spec, reader)),
    const_declaration: (node, reader) =>
      node.namedChildren().flatMap((spec) => (spec.kind() === 'const_spec' ? declared(spec, reader) : [])),
    inc_statement: () => [],
    dec_statement: () => [],
    go_statement: (node, reader) => reader.body(node),
    defer_statement: (node, reader) => reader.body(node),
    send_statement: (node, reader) => reader.body(node),
    labeled_statement: (node, reader) => reader.statement(reader.heard(node).at(-1)),
    if_statement: (node, reader) => [
      ...reader.statement(node.field('initializer')),
      {
        kind: 'if',
        condition: reader.expression(node.field('condition')),
        yes: reader.body(node.field('consequence')),
        no: reader.statement(node.field('alternative')),
      },
    ],
    for_statement: (node, reader) => {
      const children = node.namedChildren()
      const range = children.find((child) => child.kind() === 'range_clause')
      const clause = children.find((child) => child.kind() === 'for_clause')
      const bare =
        clause === undefined && range === undefined
          ? children.find((child) => child.kind() !== 'block')
          : null
      const condition = clause?.field('condition') ?? bare
      const left = range?.field('left')
      return [
        {
          kind: 'loop',
          before: reader.statement(clause?.field('initializer')),
          condition: condition === null || condition === undefined ? undefined : reader.expression(condition),
          ...(range === undefined || left === null || left === undefined
            ? {}
            : {
                each: {
                  target: rangeTarget(left, reader),
                  of: reader.expression(range.field('right')),
                  keys: false,
                },
              }),
          body: reader.body(node.field('body')),
        },
      ]
    },
    expression_switch_statement: switched,
    type_switch_statement: switched,
    select_statement: (node, reader) => [
      {
        kind: 'switch',
        on: undefined,
        cases: reader.heard(node).map((part) => ({
          tests: [],
          body: reader.heard(part).flatMap((child) => reader.statement(child)),
          fallsThrough: false,
        })),
      },
    ],
    receive_statement: (node, reader) => assigned(node, 'left', 'right', reader),
    return_statement: (node, reader) => {
      const [value] = reader.heard(node)
      return [{ kind: 'return', value: value === undefined ? undefined : reader.expression(value) }]
    },
    break_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    continue_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    goto_statement: () => [{ kind: 'leave', value: undefined, break: true }],
  },
}

function conversion(node: Syntax, reader: Reader): Expression {
  return {
    kind: 'cast',
    type: node.field('type')?.text() ?? '',
    of: reader.expression(node.field('operand')),
    at: node,
  }
}

function binary(node: Syntax, reader: Reader): Expression {
  const operator = node.field('operator')?.kind() ?? ''
  if (operator === '+' || operator === '&&' || operator === '||') {
    const parts = chain(
      node,
      (at) => at.kind() === 'binary_expression' && at.field('operator')?.kind() === operator,
      (at) => [at.field('left'), at.field('right')],
    ).map((part) => reader.expression(part))
    return operator === '+'
      ? { kind: 'text', parts, plus: true, at: node }
      : parts.reduce((left, right) => ({ kind: 'binary', operator, left, right, at: node }))
  }
  return {
    kind: 'binary',
    operator,
    left: reader.expression(node.field('left')),
    right: reader.expression(node.field('right')),
    at: node,
  }
}

function entryOf(part: Syntax, reader: Reader): Entry {
  if (part.kind() !== 'keyed_element') return { key: undefined, value: reader.mixture(part) }
  const key = part.field('key')
  const inner = key?.namedChildren()[0]
  return {
    key: inner?.kind() === 'identifier' ? literal(inner.text(), inner) : reader.expression(key),
    value: reader.expression(part.field('value')),
  }
}

/** `for _, value := range list`: only the last name takes an element. */
function rangeTarget(left: Syntax, reader: Reader): Expression {
  const [key, value] = reader.heard(left)
  return reader.expression(value ?? key)
}

function assigned(node: Syntax, leftField: string, rightField: string, reader: Reader): Statement[] {
  const left = node.field(leftField)
  const right = reader.expression(node.field(rightField))
  return [
    {
      kind: 'do',
      value:
        left === null
          ? right
          : { kind: 'assign', target: reader.expression(left), value: right, declares: true, at: node },
    },
  ]
}

function declared(spec: Syntax, reader: Reader): Statement[] {
  const names = spec.fieldChildren('name').filter((part) => part.isNamed())
  const type = typeName(spec.field('type')?.text())
  const value = spec.field('value')
  return names.map(
    (part): Statement => ({
      kind: 'do',
      value: {
        kind: 'assign',
        target: name(part),
        value:
          value === null
            ? type === undefined
              ? NOTHING
              : { kind: 'record', entries: [], at: spec, type }
            : reader.expression(value),
        declares: true,
        ...(type === undefined ? {} : { type }),
        at: spec,
      },
    }),
  )
}

function switched(node: Syntax, reader: Reader): Statement[] {
  const cases = node.namedChildren().filter((child) => child.kind().endsWith('_case'))
  const typed = node.kind() === 'type_switch_statement'
  const subject = node.field('value')
  const alias = node.field('alias')
  return [
    ...reader.statement(node.field('initializer')),
    ...(typed && alias !== null
      ? [
          {
            kind: 'do' as const,
            value: {
              kind: 'assign' as const,
              target: reader.expression(alias),
              value: reader.expression(subject),
              at: node,
            },
          },
        ]
      : []),
    {
      kind: 'switch',
      on: subject === null || typed ? undefined : reader.expression(subject),
      cases: cases.map((part) => ({
        tests: typed
          ? []
          : reader
              .heard(part.field('value') ?? part.field('communication') ?? NO_CHILDREN)
              .map((test) => reader.expression(test)),
        body: part
          .namedChildren()
          .filter((child) => child.kind() === 'statement_list')
          .flatMap((child) => reader.body(child)),
        fallsThrough: false,
      })),
    },
  ]
}

const NO_CHILDREN: Syntax = { ...({} as Syntax), namedChildren: () => [] }

function functionOf(node: Syntax, reader: Reader): FunctionNode {
  const receiver = parametersOf(node.field('receiver'), reader)[0]
  return functionNode({
    name: node.field('name')?.text(),
    parameters: parametersOf(node.field('parameters'), reader),
    at: node,
    ...(receiver?.type === undefined
      ? {}
      : { owner: { name: receiver.type, bases: [], marks: [], at: node, body: () => [] } }),
    body: () => reader.body(node.field('body')),
  })
}

function parametersOf(node: Syntax | null, _reader: Reader): Parameter[] {
  return (node?.namedChildren() ?? []).flatMap((part) => {
    const type = typeName(part.field('type')?.text())
    return part
      .fieldChildren('name')
      .filter((given) => given.isNamed())
      .map((given) => parameter(name(given), { at: part, type }))
  })
}
