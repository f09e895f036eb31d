import type { Entry, Statement } from './program.ts'
import {
  argumentsOf,
  binary,
  classNode,
  comparison,
  comprehension,
  conditional,
  functionOf,
  items,
  joined,
  marksOf,
  parametersOf,
  pieces,
  text,
} from './python-nodes.ts'
import {
  call,
  chain,
  functionNode,
  type Grammar,
  literal,
  member,
  name,
  numberOf,
  typeName,
} from './reader.ts'
import type { Syntax } from './tree.ts'

export const PYTHON: Grammar = {
  silent: new Set([
    'comment',
    'pass_statement',
    'global_statement',
    'nonlocal_statement',
    'type',
    'line_continuation',
  ]),
  expressions: {
    identifier: (node) => name(node),
    integer: (node) => literal(numberOf(node.text()), node),
    float: (node) => literal(numberOf(node.text()), node),
    true: (node) => literal(true, node),
    false: (node) => literal(false, node),
    none: (node) => literal(null, node),
    string: text,
    concatenated_string: (node, reader) =>
      joined(
        reader.heard(node).flatMap((part) => pieces(part, reader)),
        node,
      ),
    attribute: (node, reader) =>
      member(reader.expression(node.field('object')), node.field('attribute')?.text() ?? '', node),
    subscript: (node, reader) => ({
      kind: 'index',
      of: reader.expression(node.field('value')),
      key: reader.expression(node.field('subscript')),
      at: node,
    }),
    slice: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    call: (node, reader) => {
      const given = node.field('arguments')
      const callee = reader.expression(node.field('function'))
      return call(
        callee,
        given?.kind() === 'generator_expression' ? [reader.expression(given)] : argumentsOf(given, reader),
        node,
      )
    },
    binary_operator: binary,
    boolean_operator: (node, reader) => {
      const operator = node.field('operator')?.text() === 'and' ? '&&' : '||'
      const parts = chain(
        node,
        (at) =>
          at.kind() === 'boolean_operator' && at.field('operator')?.text() === node.field('operator')?.text(),
        (at) => [at.field('left'), at.field('right')],
      ).map((part) => reader.expression(part))
      return parts.reduce((left, right) => ({ kind: 'binary', operator, left, right, at: node }))
    },
    not_operator: (node, reader) => ({
      kind: 'not',
      of: reader.expression(node.field('argument')),
      at: node,
    }),
    comparison_operator: comparison,
    unary_operator: (node, reader) => {
      const of = reader.expression(node.field('argument'))
      return of.kind === 'literal' && typeof of.value === 'number' && node.text().startsWith('-')
        ? literal(-of.value, node)
        : { kind: 'cast', type: 'number', of, at: node }
    },
    conditional_expression: (node, reader) => {
      const [yes, condition, no] = reader.heard(node)
      return {
        kind: 'choice',
        condition: reader.expression(condition),
        yes: reader.expression(yes),
        no: reader.expression(no),
        at: node,
      }
    },
    named_expression: (node, reader) => ({
      kind: 'assign',
      target: reader.expression(node.field('name')),
      value: reader.expression(node.field('value')),
      at: node,
    }),
    assignment: (node, reader) => {
      const type = typeName(node.field('type')?.text())
      const right = node.field('right')
      return {
        kind: 'assign',
        target: reader.expression(node.field('left')),
        value: right === null ? { kind: 'mixture', of: [], at: node, safe: true } : reader.expression(right),
        ...(type === undefined ? {} : { type }),
        at: node,
      }
    },
    augmented_assignment: (node, reader) => {
      const target = reader.expression(node.field('left'))
      const value = reader.expression(node.field('right'))
      return {
        kind: 'assign',
        target,
        value:
          node.field('operator')?.text() === '+='
            ? { kind: 'text', parts: [target, value], plus: true, at: node }
            : { kind: 'mixture', of: [target, value], at: node },
        at: node,
      }
    },
    list: items,
    tuple: items,
    set: items,
    pattern_list: items,
    tuple_pattern: items,
    list_pattern: items,
    expression_list: items,
    dictionary: (node, reader) => ({
      kind: 'record',
      at: node,
      entries: reader
        .heard(node)
        .map(
          (part): Entry =>
            part.kind() === 'pair'
              ? { key: reader.expression(part.field('key')), value: reader.expression(part.field('value')) }
              : { key: undefined, value: reader.mixture(part) },
        ),
    }),
    list_comprehension: comprehension,
    set_comprehension: comprehension,
    generator_expression: comprehension,
    dictionary_comprehension: comprehension,
    pair: (node, reader) => reader.expression(node.field('value')),
    lambda: (node, reader) => ({
      kind: 'function',
      at: node,
      fn: functionNode({
        name: undefined,
        parameters: parametersOf(node.field('parameters'), reader),
        at: node,
        body: () => [{ kind: 'return', value: reader.expression(node.field('body')) }],
      }),
    }),
    list_splat: (node, reader) => ({ kind: 'spread', of: reader.mixture(node), at: node }),
    dictionary_splat: (node, reader) => ({ kind: 'spread', of: reader.mixture(node), at: node }),
    await: (node, reader) => reader.mixture(node),
    parenthesized_expression: (node, reader) => reader.mixture(node),
    interpolation: (node, reader) => reader.expression(node.field('expression')),
    ellipsis: (node) => literal(null, node),
    as_pattern: (node, reader) => {
      const alias = node.field('alias')
      const value = reader.expression(reader.heard(node)[0])
      return alias === null ? value : { kind: 'assign', target: reader.mixture(alias), value, at: node }
    },
  },
  statements: {
    module: (node, reader) => reader.body(node),
    block: (node, reader) => reader.body(node),
    expression_statement: (node, reader) =>
      reader.heard(node).map((part) => ({ kind: 'do', value: reader.expression(part) })),
    import_statement: (node) =>
      node.fieldChildren('name').map((part): Statement => {
        const path = (part.field('name') ?? part).text()
        const alias = part.field('alias')?.text()
        return {
          kind: 'import',
          name: alias ?? path.split('.')[0] ?? '',
          path: alias === undefined ? (path.split('.')[0] ?? '') : path,
        }
      }),
    import_from_statement: (node) => {
      const source = node.field('module_name')?.text().replace(/^\.+/, '') ?? ''
      return node.fieldChildren('name').map((part): Statement => {
        const imported = (part.field('name') ?? part).text()
        return {
          kind: 'import',
          name: part.field('alias')?.text() ?? imported,
          path: source === '' ? imported : `${source}.${imported}`,
        }
      })
    },
    decorated_definition: (node, reader) => {
      const marks = marksOf(node, reader)
      const definition = node.field('definition')
      if (definition === null) return []
      return definition.kind() === 'class_definition'
        ? [{ kind: 'class', node: classNode(definition, reader, marks) }]
        : [{ kind: 'define', fn: functionOf(definition, reader, undefined, marks) }]
    },
    function_definition: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    class_definition: (node, reader) => [{ kind: 'class', node: classNode(node, reader, []) }],
    if_statement: (node, reader) => conditional(node, node.fieldChildren('alternative'), reader),
    for_statement: (node, reader) => [
      {
        kind: 'loop',
        before: [],
        each: {
          target: reader.expression(node.field('left')),
          of: reader.expression(node.field('right')),
          keys: false,
        },
        body: reader.body(node.field('body')),
      },
    ],
    while_statement: (node, reader) => [
      {
        kind: 'loop',
        before: [],
        condition: reader.expression(node.field('condition')),
        body: reader.body(node.field('body')),
      },
    ],
    with_statement: (node, reader) => [
      ...node
        .namedChildren()
        .filter((child) => child.kind() === 'with_clause')
        .flatMap((clause) => reader.heard(clause))
        .map((part): Statement => ({ kind: 'do', value: reader.expression(part.field('value')) })),
      ...reader.body(node.field('body')),
    ],
    try_statement: (node, reader) => {
      const children = node.namedChildren()
      const last = (child: Syntax) => child.namedChildren().find((part) => part.kind() === 'block')
      return [
        {
          kind: 'try',
          body: [
            ...reader.body(node.field('body')),
            ...children
              .filter((child) => child.kind() === 'else_clause')
              .flatMap((child) => reader.body(child.field('body'))),
          ],
          handlers: children
            .filter((child) => child.kind().startsWith('except'))
            .map((child) => reader.body(last(child))),
          finally: children
            .filter((child) => child.kind() === 'finally_clause')
            .flatMap((child) => reader.body(last(child))),
        },
      ]
    },
    match_statement: (node, reader) => [
      {
        kind: 'switch',
        on: reader.expression(node.field('subject')),
        cases: (node.field('body')?.namedChildren() ?? []).map((part) => {
          const pattern = part.namedChildren().find((child) => child.kind() === 'case_pattern')
          const tests =
            pattern === undefined ? [] : reader.heard(pattern).map((test) => reader.expression(test))
          return { tests, body: reader.body(part.field('consequence')), fallsThrough: false }
        }),
      },
    ],
    return_statement: (node, reader) => {
      const [value] = reader.heard(node)
      return [{ kind: 'return', value: value === undefined ? undefined : reader.expression(value) }]
    },
    raise_statement: (node, reader) => {
      const [value] = reader.heard(node)
      return [{ kind: 'leave', value: value === undefined ? undefined : reader.expression(value) }]
    },
    break_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    continue_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    assert_statement: (node, reader) => [
      {
        kind: 'if',
        condition: reader.expression(reader.heard(node)[0]),
        yes: [],
        no: [{ kind: 'leave', value: undefined }],
      },
    ],
    delete_statement: () => [],
    print_statement: (node, reader) => [
      {
        kind: 'do',
        value: call(
          name(node, 'print'),
          reader.heard(node).map((part) => reader.expression(part)),
          node,
        ),
      },
    ],
    exec_statement: (node, reader) => [
      {
        kind: 'do',
        value: call(
          name(node, 'exec'),
          reader.heard(node).map((part) => reader.expression(part)),
          node,
        ),
      },
    ],
  },
}
