import { modulePath } from './module-path.ts'
import type { ClassNode, Entry, Expression, Mark, Parameter, Statement } from './program.ts'
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
  typeName,
  unescaped,
} from './reader.ts'
import type { Syntax } from './tree.ts'

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

/** The last statement of a path leaves it. */
export function leaves(body: readonly Statement[]): boolean {
  const last = body.at(-1)
  return last !== undefined && (last.kind === 'leave' || last.kind === 'return')
}

function optional(node: Syntax | null | undefined, reader: Reader): Expression | undefined {
  return node === null || node === undefined ? undefined : reader.expression(node)
}

function isDynamic(part: Expression): boolean {
  return part.kind !== 'literal'
}

function templateParts(node: Syntax, reader: Reader): Expression[] {
  return node.namedChildren().map((part) => {
    const kind = part.kind()
    return kind === 'template_substitution' ? reader.mixture(part) : literal(unescaped(part.text()), part)
  })
}

function binary(node: Syntax, reader: Reader): Expression {
  const operator = operatorOf(node)
  if (operator === '+') {
    const parts = chain(
      node,
      (at) => at.kind() === 'binary_expression' && operatorOf(at) === '+',
      (at) => [at.field('left'), at.field('right')],
    )
    return { kind: 'text', parts: parts.map((part) => reader.expression(part)), plus: true, at: node }
  }
  if (operator === '&&' || operator === '||' || operator === '??') {
    const parts = chain(
      node,
      (at) => at.kind() === 'binary_expression' && operatorOf(at) === operator,
      (at) => [at.field('left'), at.field('right')],
    ).map((part) => reader.expression(part))
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
  return node.field('operator')?.kind() ?? ''
}

function argumentsOf(node: Syntax | null, reader: Reader): Expression[] {
  return node === null ? [] : reader.heard(node).map((value) => reader.expression(value))
}

function entriesOf(node: Syntax, reader: Reader): Entry[] {
  return reader.heard(node).map((part): Entry => {
    switch (part.kind()) {
      case 'pair':
      case 'pair_pattern':
        return { key: keyOf(part.field('key'), reader), value: reader.expression(part.field('value')) }
      case 'method_definition':
        return {
          key: keyOf(part.field('name'), reader),
          value: functionExpression(part, reader),
        }
      case 'shorthand_property_identifier':
      case 'shorthand_property_identifier_pattern':
        return { key: literal(part.text(), part), value: name(part) }
      case 'object_assignment_pattern':
        return {
          key: literal(part.field('left')?.text() ?? '', part),
          value: name(part.field('left') ?? part),
        }
      default:
        return { key: undefined, value: reader.expression(part) }
    }
  })
}

function keyOf(node: Syntax | null, reader: Reader): Expression {
  if (node === null) return NOTHING
  if (node.kind() === 'computed_property_name') return reader.mixture(node)
  return node.kind() === 'string' ? reader.expression(node) : literal(node.text(), node)
}

function functionExpression(node: Syntax, reader: Reader): Expression {
  return { kind: 'function', fn: functionOf(node, reader), at: node }
}

function functionOf(node: Syntax, reader: Reader, owner?: ClassNode, marks: readonly Mark[] = []) {
  const body = node.field('body')
  const single = node.field('parameter')
  const listed = node.field('parameters')
  return functionNode({
    name: node.field('name')?.text(),
    parameters: single === null ? parametersOf(listed, reader) : [parameter(name(single), { at: single })],
    marks,
    at: node,
    owner,
    body: () => {
      if (body === null) return []
      return body.kind() === 'statement_block'
        ? reader.body(body)
        : [{ kind: 'return', value: reader.expression(body) }]
    },
  })
}

function parametersOf(node: Syntax | null, reader: Reader): Parameter[] {
  if (node === null) return []
  return reader.heard(node).map((part) => {
    const typed = part.kind() === 'required_parameter' || part.kind() === 'optional_parameter'
    const pattern = typed ? part.field('pattern') : part
    const fallback = typed
      ? part.field('value')
      : part.kind() === 'assignment_pattern'
        ? part.field('right')
        : null
    return parameter(reader.expression(pattern), {
      at: part,
      type: typeName(typed ? part.field('type')?.text() : undefined),
      marks: typed ? marksOf(part.fieldChildren('decorator'), reader) : [],
      fallback: optional(fallback, reader),
    })
  })
}

function marksOf(decorators: readonly Syntax[], reader: Reader): Mark[] {
  return decorators.map((decorator) => {
    const inner = reader.expression(reader.heard(decorator)[0])
    return inner.kind === 'call'
      ? { name: inner.callee.at.text(), arguments: inner.arguments, at: decorator }
      : { name: inner.at.text(), arguments: [], at: decorator }
  })
}

function classNode(node: Syntax, reader: Reader): ClassNode {
  const heritage = node.namedChildren().find((child) => child.kind() === 'class_heritage')
  const body = node.field('body')
  const made: ClassNode = {
    name: node.field('name')?.text(),
    bases:
      heritage === undefined
        ? []
        : [
            heritage
              .text()
              .replace(/^\s*extends\s+/, '')
              .split(/[\s<({]/)[0] ?? '',
          ],
    marks: marksOf(node.fieldChildren('decorator'), reader),
    at: node,
    body: lazily(() => classBody(body, reader, made)),
  }
  return made
}

function classBody(body: Syntax | null, reader: Reader, owner: ClassNode): Statement[] {
  const statements: Statement[] = []
  let decorators: Syntax[] = []
  for (const part of body?.namedChildren() ?? []) {
    const kind = part.kind()
    if (kind === 'decorator') {
      decorators.push(part)
      continue
    }
    if (kind === 'method_definition')
      statements.push({
        kind: 'define',
        fn: functionOf(
          part,
          reader,
          owner,
          marksOf([...decorators, ...part.fieldChildren('decorator')], reader),
        ),
      })
    else if (kind === 'public_field_definition' || kind === 'field_definition') {
      const property = part.field('name') ?? part.field('property')
      const value = part.field('value')
      if (property !== null && value !== null)
        statements.push({
          kind: 'do',
          value: {
            kind: 'assign',
            target: member(name(property, 'this'), property.text(), property),
            value: reader.expression(value),
            at: part,
          },
        })
    } else if (kind === 'class_static_block') statements.push(...reader.body(part.field('body')))
    decorators = []
  }
  return statements
}

function declarations(node: Syntax, reader: Reader): Statement[] {
  return node.namedChildren().flatMap((part): Statement[] => {
    if (part.kind() !== 'variable_declarator') return []
    const target = part.field('name')
    const value = part.field('value')
    if (target === null) return []
    const type = typeName(part.field('type')?.text())
    return [
      {
        kind: 'do',
        value: {
          kind: 'assign',
          target: reader.expression(target),
          value: value === null ? NOTHING : reader.expression(value),
          declares: true,
          ...(type === undefined ? {} : { type }),
          at: part,
        },
      },
    ]
  })
}

function imports(node: Syntax, _reader: Reader): Statement[] {
  const source =
    node
      .field('source')
      ?.text()
      .slice(1, -1)
      .replace(/^node:/, '') ?? ''
  const path = modulePath(source)
  const clause = node.namedChildren().find((child) => child.kind() === 'import_clause')
  return (clause?.namedChildren() ?? []).flatMap((part): Statement[] => {
    switch (part.kind()) {
      case 'identifier':
        return [{ kind: 'import', name: part.text(), path }]
      case 'namespace_import':
        return [{ kind: 'import', name: part.namedChildren()[0]?.text() ?? '', path }]
      default:
        return part
          .namedChildren()
          .filter((specifier) => specifier.kind() === 'import_specifier')
          .map((specifier) => {
            const imported = specifier.field('name')?.text() ?? ''
            const local = specifier.field('alias')?.text() ?? imported
            return {
              kind: 'import',
              name: local,
              path: imported === 'default' ? path : `${path}.${imported}`,
            }
          })
    }
  })
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

/** An element is a call of its name with its attributes as a record, then its children. */
function jsx(node: Syntax, reader: Reader): Expression {
  const opening =
    node.kind() === 'jsx_element'
      ? node.namedChildren().find((child) => child.kind() === 'jsx_opening_element')
      : node
  const tag = opening?.field('name')
  const attributes = (opening?.fieldChildren('attribute') ?? []).map((attribute): Entry => {
    if (attribute.kind() !== 'jsx_attribute') return { key: undefined, value: reader.mixture(attribute) }
    const [key, value] = attribute.namedChildren()
    return {
      key: literal(key?.text() ?? '', attribute),
      value: value === undefined ? literal(true, attribute) : reader.expression(value),
    }
  })
  const children =
    node.kind() === 'jsx_self_closing_element'
      ? []
      : reader
          .heard(node)
          .filter((child) => child.kind().startsWith('jsx_') && child.kind() !== 'jsx_opening_element')
  return call(
    name(tag ?? node, `jsx:${tag?.text() ?? ''}`),
    [{ kind: 'record', entries: attributes, at: node }, ...children.map((child) => reader.expression(child))],
    node,
  )
}
