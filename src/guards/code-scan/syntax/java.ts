import {
  argumentsOf,
  binary,
  caseOf,
  classes,
  declarations,
  functionOf,
  lambdaParameters,
  loop,
  text,
  tried,
} from './java-nodes.ts'
import {
  call,
  functionNode,
  type Grammar,
  lazily,
  literal,
  member,
  name,
  numberOf,
  typeName,
  unescaped,
} from './reader.ts'

export const JAVA: Grammar = {
  silent: new Set([
    'line_comment',
    'block_comment',
    'modifiers',
    'type_arguments',
    'type_parameters',
    'dimensions',
    'package_declaration',
    'annotation_type_declaration',
  ]),
  expressions: {
    identifier: (node) => name(node),
    type_identifier: (node) => name(node),
    scoped_type_identifier: (node) => name(node),
    this: (node) => name(node, 'this'),
    super: (node) => name(node, 'super'),
    string_literal: text,
    character_literal: (node) => literal(unescaped(node.text().slice(1, -1)), node),
    decimal_integer_literal: (node) => literal(numberOf(node.text()), node),
    hex_integer_literal: (node) => literal(numberOf(node.text()), node),
    octal_integer_literal: (node) => literal(numberOf(node.text()), node),
    decimal_floating_point_literal: (node) => literal(numberOf(node.text()), node),
    true: (node) => literal(true, node),
    false: (node) => literal(false, node),
    null_literal: (node) => literal(null, node),
    class_literal: (node) => literal(node.text(), node),
    field_access: (node, reader) =>
      member(reader.expression(node.field('object')), node.field('field')?.text() ?? '', node),
    scoped_identifier: (node) => name(node),
    array_access: (node, reader) => ({
      kind: 'index',
      of: reader.expression(node.field('array')),
      key: reader.expression(node.field('index')),
      at: node,
    }),
    method_invocation: (node, reader) => {
      const object = node.field('object')
      const method = node.field('name')
      const callee =
        object === null
          ? name(method ?? node)
          : member(reader.expression(object), method?.text() ?? '', method ?? node)
      return call(callee, argumentsOf(node, reader), node)
    },
    explicit_constructor_invocation: (node, reader) =>
      call(name(node, node.field('constructor')?.text() ?? 'super'), argumentsOf(node, reader), node),
    object_creation_expression: (node, reader) => {
      const type = node.field('type')
      const made = call(name(type ?? node, typeName(type?.text())), argumentsOf(node, reader), node, true)
      const body = reader.heard(node).find((child) => child.kind() === 'class_body')
      if (body === undefined) return made
      const inner = {
        name: undefined,
        bases: [typeName(type?.text()) ?? ''],
        marks: [],
        at: body,
        body: lazily(() => reader.body(body)),
      }
      return {
        kind: 'block',
        body: [
          { kind: 'class', node: inner },
          { kind: 'do', value: made },
        ],
        at: node,
      }
    },
    array_creation_expression: (node, reader) => reader.expression(node.field('value')),
    array_initializer: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((item) => reader.expression(item)),
      at: node,
    }),
    binary_expression: binary,
    unary_expression: (node, reader) => {
      const of = reader.expression(node.field('operand'))
      if (node.text().startsWith('!')) return { kind: 'not', of, at: node }
      return of.kind === 'literal' && typeof of.value === 'number' && node.text().startsWith('-')
        ? literal(-of.value, node)
        : { kind: 'cast', type: 'int', of, at: node }
    },
    update_expression: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    ternary_expression: (node, reader) => ({
      kind: 'choice',
      condition: reader.expression(node.field('condition')),
      yes: reader.expression(node.field('consequence')),
      no: reader.expression(node.field('alternative')),
      at: node,
    }),
    assignment_expression: (node, reader) => {
      const target = reader.expression(node.field('left'))
      const value = reader.expression(node.field('right'))
      return {
        kind: 'assign',
        target,
        value:
          node.field('operator')?.text() === '+='
            ? { kind: 'text', parts: [target, value], plus: true, at: node }
            : value,
        at: node,
      }
    },
    cast_expression: (node, reader) => ({
      kind: 'cast',
      type: typeName(node.field('type')?.text()) ?? '',
      of: reader.expression(node.field('value')),
      at: node,
    }),
    instanceof_expression: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    parenthesized_expression: (node, reader) => reader.mixture(node),
    lambda_expression: (node, reader) => ({
      kind: 'function',
      at: node,
      fn: functionNode({
        name: undefined,
        parameters: lambdaParameters(node.field('parameters'), reader),
        at: node,
        body: () => {
          const body = node.field('body')
          return body?.kind() === 'block'
            ? reader.body(body)
            : [{ kind: 'return', value: reader.expression(body) }]
        },
      }),
    }),
    method_reference: (node) => name(node),
    switch_expression: (node, reader) => ({ kind: 'block', body: reader.statement(node), at: node }),
  },
  statements: {
    program: (node, reader) => reader.body(node),
    block: (node, reader) => reader.body(node),
    constructor_body: (node, reader) => reader.body(node),
    class_body: (node, reader) => reader.body(node),
    interface_body: (node, reader) => reader.body(node),
    enum_body: (node, reader) => reader.body(node),
    enum_body_declarations: (node, reader) => reader.body(node),
    enum_constant: () => [],
    expression_statement: (node, reader) => reader.body(node),
    import_declaration: (node, reader) => {
      const path = reader.heard(node)[0]?.text() ?? ''
      const last = path.split('.').at(-1) ?? ''
      return /^import\s+static/.test(node.text()) ? [{ kind: 'import', name: last, path }] : []
    },
    class_declaration: classes,
    interface_declaration: classes,
    enum_declaration: classes,
    record_declaration: classes,
    method_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    constructor_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    static_initializer: (node, reader) => reader.body(node),
    field_declaration: declarations,
    local_variable_declaration: declarations,
    resource: (node, reader) => {
      const variable = node.field('name')
      const type = typeName(node.field('type')?.text())
      return variable === null
        ? []
        : [
            {
              kind: 'do',
              value: {
                kind: 'assign',
                target: name(variable),
                value: reader.expression(node.field('value')),
                declares: true,
                ...(type === undefined ? {} : { type }),
                at: node,
              },
            },
          ]
    },
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
        before: node.fieldChildren('init').flatMap((part) => reader.statement(part)),
        condition: node.field('condition') === null ? undefined : reader.expression(node.field('condition')),
        body: [
          ...reader.statement(node.field('body')),
          ...node.fieldChildren('update').flatMap((part) => reader.statement(part)),
        ],
      },
    ],
    enhanced_for_statement: (node, reader) => [
      {
        kind: 'loop',
        before: [],
        each: {
          target: name(node.field('name') ?? node),
          of: reader.expression(node.field('value')),
          keys: false,
        },
        body: reader.statement(node.field('body')),
      },
    ],
    while_statement: loop,
    do_statement: loop,
    try_statement: tried,
    try_with_resources_statement: tried,
    resource_specification: (node, reader) => reader.body(node),
    switch_expression: (node, reader) => [
      {
        kind: 'switch',
        on: reader.expression(node.field('condition')),
        cases: (node.field('body')?.namedChildren() ?? []).map((group) => caseOf(group, reader)),
      },
    ],
    labeled_statement: (node, reader) => reader.statement(reader.heard(node).at(-1)),
    synchronized_statement: (node, reader) => reader.body(node.field('body')),
    return_statement: (node, reader) => {
      const [value] = reader.heard(node)
      return [{ kind: 'return', value: value === undefined ? undefined : reader.expression(value) }]
    },
    yield_statement: (node, reader) => reader.body(node),
    throw_statement: (node, reader) => [{ kind: 'leave', value: reader.expression(reader.heard(node)[0]) }],
    break_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    continue_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    assert_statement: () => [],
  },
}
