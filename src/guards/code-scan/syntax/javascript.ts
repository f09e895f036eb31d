import {
  argumentsOf,
  binary,
  classNode,
  declarations,
  entriesOf,
  functionExpression,
  functionOf,
  imports,
  isDynamic,
  jsx,
  leaves,
  loop,
  optional,
  templateParts,
} from './javascript-nodes.ts'
import { call, type Grammar, literal, member, name, numberOf, unescaped } from './reader.ts'

/** JavaScript, TypeScript, JSX and TSX: one reading for the grammars of all four. */
export const JAVASCRIPT: Grammar = {
  silent: new Set([
    'comment',
    'hash_bang_line',
    'type_annotation',
    'type_arguments',
    'type_parameters',
    'interface_declaration',
    'type_alias_declaration',
    'ambient_declaration',
    'empty_statement',
    'optional_chain',
    'accessibility_modifier',
    'override_modifier',
    'jsx_closing_element',
    'jsx_text',
    'decorator',
    'function_signature',
    'debugger_statement_',
  ]),
  expressions: {
    identifier: (node) => name(node),
    property_identifier: (node) => name(node),
    shorthand_property_identifier: (node) => name(node),
    shorthand_property_identifier_pattern: (node) => name(node),
    this: (node) => name(node, 'this'),
    super: (node) => name(node, 'super'),
    undefined: (node) => literal(null, node),
    null: (node) => literal(null, node),
    true: (node) => literal(true, node),
    false: (node) => literal(false, node),
    number: (node) => literal(numberOf(node.text()), node),
    string: (node) => literal(unescaped(node.text().slice(1, -1)), node),
    regex: (node) => ({
      kind: 'literal',
      value: node.field('pattern')?.text() ?? node.text(),
      pattern: true,
      at: node,
    }),
    template_string: (node, reader) => ({ kind: 'text', parts: templateParts(node, reader), at: node }),
    member_expression: (node, reader) =>
      member(reader.expression(node.field('object')), node.field('property')?.text() ?? '', node),
    subscript_expression: (node, reader) => ({
      kind: 'index',
      of: reader.expression(node.field('object')),
      key: reader.expression(node.field('index')),
      at: node,
    }),
    call_expression: (node, reader) => {
      const given = node.field('arguments')
      const callee = reader.expression(node.field('function'))
      if (given?.kind() === 'template_string')
        return call(
          callee,
          [{ kind: 'list', items: [], at: given }, ...templateParts(given, reader).filter(isDynamic)],
          node,
        )
      return call(callee, argumentsOf(given, reader), node)
    },
    new_expression: (node, reader) =>
      call(
        reader.expression(node.field('constructor')),
        argumentsOf(node.field('arguments'), reader),
        node,
        true,
      ),
    import: (node) => name(node, 'import'),
    binary_expression: binary,
    unary_expression: (node, reader) => {
      const operator = node.field('operator')?.text()
      const of = reader.expression(node.field('argument'))
      if (operator === '!') return { kind: 'not', of, at: node }
      if (operator === 'typeof') return call(name(node, 'typeof'), [of], node)
      if (operator === '-' && of.kind === 'literal' && typeof of.value === 'number')
        return literal(-of.value, node)
      return operator === '+' || operator === '-' || operator === '~'
        ? { kind: 'cast', type: 'number', of, at: node }
        : { kind: 'mixture', of: [of], at: node, safe: true }
    },
    update_expression: (node) => ({ kind: 'mixture', of: [], at: node, safe: true }),
    ternary_expression: (node, reader) => ({
      kind: 'choice',
      condition: reader.expression(node.field('condition')),
      yes: reader.expression(node.field('consequence')),
      no: reader.expression(node.field('alternative')),
      at: node,
    }),
    assignment_expression: (node, reader) => ({
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
          operator === '+='
            ? { kind: 'text', parts: [target, value], plus: true, at: node }
            : {
                kind: 'mixture',
                of: [target, value],
                at: node,
                safe: !operator?.includes('?') && !operator?.includes('|'),
              },
        at: node,
      }
    },
    array: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((item) => reader.expression(item)),
      at: node,
    }),
    array_pattern: (node, reader) => ({
      kind: 'list',
      items: reader.heard(node).map((item) => reader.expression(item)),
      at: node,
    }),
    object: (node, reader) => ({ kind: 'record', entries: entriesOf(node, reader), at: node }),
    object_pattern: (node, reader) => ({ kind: 'record', entries: entriesOf(node, reader), at: node }),
    assignment_pattern: (node, reader) => reader.expression(node.field('left')),
    object_assignment_pattern: (node, reader) => reader.expression(node.field('left')),
    rest_pattern: (node, reader) => ({ kind: 'spread', of: reader.mixture(node), at: node }),
    spread_element: (node, reader) => ({ kind: 'spread', of: reader.mixture(node), at: node }),
    await_expression: (node, reader) => reader.mixture(node),
    parenthesized_expression: (node, reader) => reader.mixture(node),
    non_null_expression: (node, reader) => reader.mixture(node),
    as_expression: (node, reader) => reader.expression(reader.heard(node)[0]),
    satisfies_expression: (node, reader) => reader.expression(reader.heard(node)[0]),
    type_assertion: (node, reader) => reader.expression(reader.heard(node).at(-1)),
    sequence_expression: (node, reader) => ({
      kind: 'block',
      body: reader.heard(node).map((part) => ({ kind: 'do', value: reader.expression(part) })),
      at: node,
    }),
    arrow_function: functionExpression,
    function_expression: functionExpression,
    function: functionExpression,
    generator_function: functionExpression,
    class: (node, reader) => ({
      kind: 'block',
      body: [{ kind: 'class', node: classNode(node, reader) }],
      at: node,
    }),
    jsx_element: jsx,
    jsx_self_closing_element: jsx,
    jsx_fragment: jsx,
    jsx_expression: (node, reader) => reader.mixture(node),
  },
  statements: {
    program: (node, reader) => reader.body(node),
    statement_block: (node, reader) => reader.body(node),
    expression_statement: (node, reader) => reader.body(node),
    export_statement: (node, reader) =>
      node.field('source') === null
        ? [node.field('declaration'), node.field('value')].flatMap((part) =>
            part === null ? [] : reader.statement(part),
          )
        : [],
    lexical_declaration: declarations,
    variable_declaration: declarations,
    function_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    generator_function_declaration: (node, reader) => [{ kind: 'define', fn: functionOf(node, reader) }],
    class_declaration: (node, reader) => [{ kind: 'class', node: classNode(node, reader) }],
    abstract_class_declaration: (node, reader) => [{ kind: 'class', node: classNode(node, reader) }],
    import_statement: imports,
    if_statement: (node, reader) => [
      {
        kind: 'if',
        condition: reader.expression(node.field('condition')),
        yes: reader.statement(node.field('consequence')),
        no: reader.body(node.field('alternative')),
      },
    ],
    for_statement: (node, reader) => [
      {
        kind: 'loop',
        before: reader.statement(node.field('initializer')),
        condition: optional(node.field('condition'), reader),
        body: [...reader.statement(node.field('body')), ...reader.statement(node.field('increment'))],
      },
    ],
    for_in_statement: (node, reader) => [
      {
        kind: 'loop',
        before: [],
        each: {
          target: reader.expression(node.field('left')),
          of: reader.expression(node.field('right')),
          keys: node.field('operator')?.text() === 'in',
        },
        body: reader.statement(node.field('body')),
      },
    ],
    while_statement: loop,
    do_statement: loop,
    try_statement: (node, reader) => [
      {
        kind: 'try',
        body: reader.body(node.field('body')),
        handlers: node.field('handler') === null ? [] : [reader.body(node.field('handler')?.field('body'))],
        finally: reader.body(node.field('finalizer')?.field('body')),
      },
    ],
    switch_statement: (node, reader) => [
      {
        kind: 'switch',
        on: reader.expression(node.field('value')),
        cases: (node.field('body')?.namedChildren() ?? []).map((group) => {
          const body = group.fieldChildren('body').flatMap((part) => reader.statement(part))
          const test = group.field('value')
          return {
            tests: test === null ? [] : [reader.expression(test)],
            body,
            fallsThrough: !leaves(body),
          }
        }),
      },
    ],
    labeled_statement: (node, reader) => reader.statement(node.field('body')),
    return_statement: (node, reader) => [{ kind: 'return', value: optional(reader.heard(node)[0], reader) }],
    throw_statement: (node, reader) => [{ kind: 'leave', value: optional(reader.heard(node)[0], reader) }],
    break_statement: () => [{ kind: 'leave', value: undefined, break: true }],
    continue_statement: () => [{ kind: 'leave', value: undefined, break: true }],
  },
}
