import {
  argumentsOf,
  binary,
  builtin,
  classNode,
  conditional,
  functionExpression,
  functionOf,
  interpolated,
  loop,
  memberAccess,
  methodCall,
  programBody,
} from './php-nodes.ts'
import type { Case, Entry, Statement } from './program.ts'
import { call, type Grammar, literal, member, NOTHING, name, numberOf, unescaped } from './reader.ts'

export const PHP: Grammar = {
  silent: new Set([
    'comment',
    'php_tag',
    'php_end_tag',
    'text',
    'visibility_modifier',
    'static_modifier',
    'attribute_list',
    'empty_statement',
    'reference_modifier',
    'anonymous_function_use_clause',
  ]),
  expressions: {
    variable_name: (node) => name(node),
    dynamic_variable_name: (node) => name(node, '$$'),
    name: (node) => name(node),
    qualified_name: (node) => name(node, node.text().split('\\').at(-1)),
    relative_scope: (node) => name(node, '$this'),
    string: (node) => literal(unescaped(node.text().replace(/^b?'|'$/g, '')), node),
    encapsed_string: interpolated,
    heredoc: (node, reader) => interpolated(node.field('value') ?? node, reader),
    nowdoc: (node) => literal(node.text(), node),
    string_content: (node) => literal(node.text(), node),
    integer: (node) => literal(numberOf(node.text()), node),
    float: (node) => literal(numberOf(node.text()), node),
    boolean: (node) => literal(node.text().toLowerCase() === 'true', node),
    null: (node) => literal(null, node),
    member_access_expression: memberAccess,
    nullsafe_member_access_expression: memberAccess,
    scoped_property_access_expression: (node, reader) =>
      member(reader.expression(node.field('scope')), node.field('name')?.text().replace('$', '') ?? '', node),
    class_constant_access_expression: (node, reader) => {
      const [scope, constant] = reader.heard(node)
      return member(reader.expression(scope), constant?.text() ?? '', node)
    },
    subscript_expression: (node, reader) => {
      const [of, key] = reader.heard(node)
      return {
        kind: 'index',
        of: reader.expression(of),
        key: key === undefined ? NOTHING : reader.expression(key),
        at: node,
      }
    },
    function_call_expression: (node, reader) => {
      const callee = node.field('function')
      return call(reader.expression(callee), argumentsOf(node.field('arguments'), reader), node)
    },
    member_call_expression: methodCall,
    nullsafe_member_call_expression: methodCall,
    scoped_call_expression: (node, reader) =>
      call(
        member(reader.expression(node.field('scope')), node.field('name')?.text() ?? '', node),
        argumentsOf(node.field('arguments'), reader),
        node,
      ),
    object_creation_expression: (node, reader) => {
      const children = reader.heard(node)
      const given = children.find((child) => child.kind() === 'arguments') ?? null
      const [type] = children
      return call(
        type === undefined ? NOTHING : reader.expression(type),
        argumentsOf(given, reader),
        node,
        true,
      )
    },
    argument: (node, reader) => reader.expression(reader.heard(node).at(-1)),
    binary_expression: binary,
    unary_op_expression: (node, reader) => {
      const of = reader.expression(node.field('argument'))
      return node.text().startsWith('!')
        ? { kind: 'not', of, at: node }
        : { kind: 'cast', type: 'int', of, at: node }
    },
    cast_expression: (node, reader) => ({
      kind: 'cast',
      type: node.field('type')?.text() ?? '',
      of: reader.expression(node.field('value')),
      at: node,
    }),
    conditional_expression: (node, reader) => {
      const condition = reader.expression(node.field('condition'))
      const body = node.field('body')
      return {
        kind: 'choice',
        condition,
        yes: body === null ? condition : reader.expression(body),
        no: reader.expression(node.field('alternative')),
        at: node,
      }
    },
    assignment_expression: (node, reader) => ({
      kind: 'assign',
      target: reader.expression(node.field('left')),
      value: reader.expression(node.field('right')),
      at: node,
    }),
    reference_assignment_expression: (node, reader) => ({
      kind: 'assign',
      target: reader.expression(node.field('left')),
      value: reader.expression(node.field('right')),
      at: node,
    }),
    augmented_assignment_expression: (node, reader) => {
      const target = reader.expression(node.field('left'))
      const value = reader.expression(node.field('right'))
      const operator = node.field('operator')?.text()
      return {
        kind: 'assign',
        target,
        value:
          operator === '.='
            ? { kind: 'text', parts: [target, value], at: node }
            : { kind: 'mixture', of: [target, value], at: node, safe: operator !== '??=' },
        at: node,
      }
    },
    array_creation_expression: (node, reader) => {
      const parts = reader.heard(node).map((part) => reader.heard(part))
      if (parts.every((sides) => sides.length < 2))
        return { kind: 'list', items: parts.map(([value]) => reader.expression(value)), at: node }
      return {
        kind: 'record',
        at: node,
        entries: parts.map(
          ([key, value]): Entry =>
            value === undefined
              ? { key: undefined, value: reader.expression(key) }
              : { key: reader.expression(key), value: reader.expression(value) },
        ),
      }
    },
    list_literal: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((item) => reader.expression(item)),
      at: node,
    }),
    pair: (node, reader) => reader.expression(reader.heard(node).at(-1)),
    parenthesized_expression: (node, reader) => reader.mixture(node),
    error_suppression_expression: (node, reader) => reader.mixture(node),
    shell_command_expression: (node, reader) => call(name(node, '`'), [interpolated(node, reader)], node),
    print_intrinsic: (node, reader) => builtin('print', node, reader),
    include_expression: (node, reader) => builtin('include', node, reader),
    include_once_expression: (node, reader) => builtin('include', node, reader),
    require_expression: (node, reader) => builtin('include', node, reader),
    require_once_expression: (node, reader) => builtin('include', node, reader),
    clone_expression: (node, reader) => reader.mixture(node),
    update_expression: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    throw_expression: (node, reader) => ({
      kind: 'block',
      body: [{ kind: 'leave', value: reader.mixture(node) }],
      at: node,
    }),
    anonymous_function: functionExpression,
    anonymous_function_creation_expression: functionExpression,
    arrow_function: functionExpression,
    match_expression: (node, reader) => ({
      kind: 'mixture',
      of: (node.field('body')?.namedChildren() ?? []).map((part) =>
        reader.expression(reader.heard(part).at(-1)),
      ),
      at: node,
    }),
  },
  statements: {
    program: (node, reader) => programBody(node, reader),
    compound_statement: (node, reader) => reader.body(node),
    colon_block: (node, reader) => programBody(node, reader),
    declaration_list: (node, reader) => reader.body(node),
    expression_statement: (node, reader) => reader.body(node),
    text_interpolation: () => [],
    namespace_definition: (node, reader) => reader.body(node.field('body')),
    namespace_use_declaration: (node) =>
      node.findAll({ rule: { kind: 'namespace_use_clause' } }).map((clause): Statement => {
        const path = clause.namedChildren()[0]?.text() ?? ''
        const last = path.split('\\').at(-1) ?? ''
        return { kind: 'import', name: clause.field('alias')?.text() ?? last, path: last }
      }),
    const_declaration: (node, reader) =>
      node.namedChildren().flatMap((part): Statement[] => {
        if (part.kind() !== 'const_element') return []
        const [target, value] = reader.heard(part)
        return target === undefined
          ? []
          : [
              {
                kind: 'do',
                value: {
                  kind: 'assign',
                  target: name(target),
                  value: reader.expression(value),
                  declares: true,
                  at: part,
                },
              },
            ]
      }),
    property_declaration: (node, reader) =>
      node.namedChildren().flatMap((part): Statement[] => {
        const value =
          part.kind() === 'property_element' ? (part.field('default_value') ?? part.field('value')) : null
        const target = part.field('name')
        return value === null || target === null
          ? []
          : [
              {
                kind: 'do',
                value: {
                  kind: 'assign',
                  target: member(name(target, '$this'), target.text().replace('$', ''), target),
                  value: reader.expression(value),
                  at: part,
                },
              },
            ]
      }),
    global_declaration: () => [],
    function_static_declaration: () => [],
    unset_statement: () => [],
    use_declaration: () => [],
    echo_statement: (node, reader) => {
      const given = reader
        .heard(node)
        .flatMap((part) => (part.kind() === 'sequence_expression' ? reader.heard(part) : [part]))
      return given.map((part) => ({
        kind: 'do',
        value: call(name(node, 'echo'), [reader.expression(part)], node),
      }))
    },
    exit_statement: (node, reader) => {
      const [value] = reader.heard(node)
      const given = value === undefined ? undefined : reader.expression(value)
      return [
        { kind: 'leave', value: given === undefined ? undefined : call(name(node, 'exit'), [given], node) },
      ]
    },
    function_definition: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    method_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    class_declaration: (node, reader) => [{ kind: 'class', node: classNode(node, reader) }],
    trait_declaration: (node, reader) => [{ kind: 'class', node: classNode(node, reader) }],
    interface_declaration: () => [],
    if_statement: (node, reader) => conditional(node, node.fieldChildren('alternative'), reader),
    foreach_statement: (node, reader) => {
      const [of, target] = reader.heard(node)
      return [
        {
          kind: 'loop',
          before: [],
          each: { target: reader.expression(target), of: reader.expression(of), keys: false },
          body: reader.statement(node.field('body')),
        },
      ]
    },
    for_statement: loop,
    while_statement: loop,
    do_statement: loop,
    switch_statement: (node, reader) => [
      {
        kind: 'switch',
        on: reader.expression(node.field('condition')),
        cases: (node.field('body')?.namedChildren() ?? []).map((part): Case => {
          const test = part.field('value')
          const rest = reader.heard(part).slice(test === null ? 0 : 1)
          const body = rest.flatMap((child) => reader.statement(child))
          const last = body.at(-1)?.kind
          return {
            tests: test === null ? [] : [reader.expression(test)],
            body,
            fallsThrough: last !== 'leave' && last !== 'return',
          }
        }),
      },
    ],
    try_statement: (node, reader) => {
      const children = node.namedChildren()
      return [
        {
          kind: 'try',
          body: reader.body(node.field('body')),
          handlers: children
            .filter((child) => child.kind() === 'catch_clause')
            .map((child) => reader.body(child.field('body'))),
          finally: children
            .filter((child) => child.kind() === 'finally_clause')
            .flatMap((child) => reader.body(child.field('body'))),
        },
      ]
    },
    return_statement: (node, reader) => {
      const [value] = reader.heard(node)
      return [{ kind: 'return', value: value === undefined ? undefined : reader.expression(value) }]
    },
    break_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    continue_statement: () => [{ kind: 'leave', value: undefined, break: true }],
  },
}
