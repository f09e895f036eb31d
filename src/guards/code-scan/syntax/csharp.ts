import {
  argumentsOf,
  binary,
  bound,
  calleeOf,
  classes,
  created,
  declarations,
  functionOf,
  interpolated,
  lambda,
  loop,
  sections,
  text,
  tried,
} from './csharp-nodes.ts'
import { call, type Grammar, literal, member, name, numberOf, typeName, unescaped } from './reader.ts'

export const CSHARP: Grammar = {
  silent: new Set([
    'comment',
    'modifier',
    'attribute_list',
    'type_argument_list',
    'type_parameter_list',
    'using_directive',
    'base_list',
    'preproc_region',
    'preproc_endregion',
    'preproc_if',
    'delegate_declaration',
    'empty_statement',
  ]),
  expressions: {
    identifier: (node) => name(node),
    predefined_type: (node) => name(node),
    qualified_name: (node) => name(node),
    generic_name: (node) => name(node, typeName(node.text())),
    this_expression: (node) => name(node, 'this'),
    base_expression: (node) => name(node, 'base'),
    this: (node) => name(node, 'this'),
    base: (node) => name(node, 'base'),
    string_literal: text,
    verbatim_string_literal: text,
    raw_string_literal: text,
    interpolated_string_expression: interpolated,
    character_literal: (node) => literal(unescaped(node.text().slice(1, -1)), node),
    integer_literal: (node) => literal(numberOf(node.text()), node),
    real_literal: (node) => literal(numberOf(node.text()), node),
    boolean_literal: (node) => literal(node.text() === 'true', node),
    null_literal: (node) => literal(null, node),
    default_expression: (node) => literal(null, node),
    typeof_expression: (node) => literal(node.text(), node),
    member_access_expression: (node, reader) =>
      member(reader.expression(node.field('expression')), typeName(node.field('name')?.text()) ?? '', node),
    conditional_access_expression: (node, reader) => {
      const [of, binding] = reader.heard(node)
      return bound(reader.expression(of), binding, reader)
    },
    element_access_expression: (node, reader) => ({
      kind: 'index',
      of: reader.expression(node.field('expression')),
      key: reader.expression(reader.heard(node.field('subscript') ?? node)[0]),
      at: node,
    }),
    argument: (node, reader) => reader.expression(reader.heard(node).at(-1)),
    invocation_expression: (node, reader) =>
      call(calleeOf(node.field('function'), reader), argumentsOf(node.field('arguments'), reader), node),
    object_creation_expression: created,
    implicit_object_creation_expression: (node, reader) =>
      call(name(node, 'new'), argumentsOf(node.field('arguments'), reader), node, true),
    anonymous_object_creation_expression: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((part) => reader.expression(part)),
      at: node,
    }),
    array_creation_expression: (node, reader) =>
      reader.expression(reader.heard(node).find((part) => part.kind() === 'initializer_expression')),
    implicit_array_creation_expression: (node, reader) => reader.expression(reader.heard(node).at(-1)),
    initializer_expression: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((part) => reader.expression(part)),
      at: node,
    }),
    collection_expression: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((part) => reader.expression(part)),
      at: node,
    }),
    tuple_expression: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((part) => reader.expression(part)),
      at: node,
    }),
    binary_expression: binary,
    prefix_unary_expression: (node, reader) => {
      const of = reader.expression(reader.heard(node)[0])
      if (node.text().startsWith('!')) return { kind: 'not', of, at: node }
      return of.kind === 'literal' && typeof of.value === 'number' && node.text().startsWith('-')
        ? literal(-of.value, node)
        : of
    },
    postfix_unary_expression: (node, reader) => reader.expression(reader.heard(node)[0]),
    await_expression: (node, reader) => reader.expression(reader.heard(node)[0]),
    parenthesized_expression: (node, reader) => reader.mixture(node),
    conditional_expression: (node, reader) => ({
      kind: 'choice',
      condition: reader.expression(node.field('condition')),
      yes: reader.expression(node.field('consequence')),
      no: reader.expression(node.field('alternative')),
      at: node,
    }),
    assignment_expression: (node, reader) => {
      const target = reader.expression(node.field('left'))
      const value = reader.expression(node.field('right'))
      const operator = node.field('operator')?.text() ?? node.children()[1]?.text()
      return {
        kind: 'assign',
        target,
        value: operator === '+=' ? { kind: 'text', parts: [target, value], plus: true, at: node } : value,
        at: node,
      }
    },
    cast_expression: (node, reader) => ({
      kind: 'cast',
      type: typeName(node.field('type')?.text()) ?? '',
      of: reader.expression(node.field('value')),
      at: node,
    }),
    as_expression: (node, reader) => reader.expression(reader.heard(node)[0]),
    is_expression: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    is_pattern_expression: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    lambda_expression: lambda,
    anonymous_method_expression: lambda,
    switch_expression: (node, reader) => ({
      kind: 'mixture',
      of: reader
        .heard(node)
        .filter((part) => part.kind() === 'switch_expression_arm')
        .map((part) => reader.expression(reader.heard(part).at(-1))),
      at: node,
    }),
    throw_expression: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
  },
  statements: {
    compilation_unit: (node, reader) => reader.body(node),
    namespace_declaration: (node, reader) => reader.body(node.field('body')),
    file_scoped_namespace_declaration: (node, reader) => reader.body(node),
    global_statement: (node, reader) => reader.body(node),
    declaration_list: (node, reader) => reader.body(node),
    block: (node, reader) => reader.body(node),
    expression_statement: (node, reader) => reader.body(node),
    class_declaration: classes,
    struct_declaration: classes,
    interface_declaration: classes,
    record_declaration: classes,
    enum_declaration: () => [],
    method_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    constructor_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    local_function_statement: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    field_declaration: declarations,
    variable_declaration: declarations,
    local_declaration_statement: declarations,
    using_statement: (node, reader) => [
      ...reader
        .heard(node)
        .slice(0, -1)
        .flatMap((part) => reader.statement(part)),
      ...reader.statement(node.field('body')),
    ],
    if_statement: (node, reader) => [
      {
        kind: 'if',
        condition: reader.expression(node.field('condition')),
        yes: reader.statement(node.field('consequence')),
        no: reader.statement(node.field('alternative')),
      },
    ],
    for_statement: (node, reader) => [
      {
        kind: 'loop',
        before: node.fieldChildren('initializer').flatMap((part) => reader.statement(part)),
        condition: node.field('condition') === null ? undefined : reader.expression(node.field('condition')),
        body: reader.statement(node.field('body')),
      },
    ],
    foreach_statement: (node, reader) => [
      {
        kind: 'loop',
        before: [],
        each: {
          target: name(node.field('left') ?? node),
          of: reader.expression(node.field('right')),
          keys: false,
        },
        body: reader.statement(node.field('body')),
      },
    ],
    while_statement: loop,
    do_statement: loop,
    try_statement: tried,
    switch_statement: (node, reader) => [
      { kind: 'switch', on: reader.expression(node.field('value')), cases: sections(node, reader) },
    ],
    lock_statement: (node, reader) => reader.body(reader.heard(node).at(-1)),
    checked_statement: (node, reader) => reader.body(node),
    return_statement: (node, reader) => {
      const [value] = reader.heard(node)
      return [{ kind: 'return', value: value === undefined ? undefined : reader.expression(value) }]
    },
    yield_statement: (node, reader) => reader.body(node),
    throw_statement: (node, reader) => [{ kind: 'leave', value: reader.expression(reader.heard(node)[0]) }],
    break_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    continue_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    goto_statement: () => [],
  },
}
