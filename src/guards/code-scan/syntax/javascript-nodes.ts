import { modulePath } from './module-path.ts'
import type { ClassNode, Entry, Expression, Mark, Parameter, Statement } from './program.ts'
import {
  call,
  chain,
  functionNode,
  lazily,
  literal,
  member,
  NOTHING,
  name,
  parameter,
  type Reader,
  typeName,
  unescaped,
} from './reader.ts'
import type { Syntax } from './tree.ts'

/** The last statement of a path leaves it. */
export function leaves(body: readonly Statement[]): boolean {
  const last = body.at(-1)
  return last !== undefined && (last.kind === 'leave' || last.kind === 'return')
}

export function optional(node: Syntax | null | undefined, reader: Reader): Expression | undefined {
  return node === null || node === undefined ? undefined : reader.expression(node)
}

export function isDynamic(part: Expression): boolean {
  return part.kind !== 'literal'
}

export function templateParts(node: Syntax, reader: Reader): Expression[] {
  return node.namedChildren().map((part) => {
    const kind = part.kind()
    return kind === 'template_substitution' ? reader.mixture(part) : literal(unescaped(part.text()), part)
  })
}

export function binary(node: Syntax, reader: Reader): Expression {
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

export function argumentsOf(node: Syntax | null, reader: Reader): Expression[] {
  return node === null ? [] : reader.heard(node).map((value) => reader.expression(value))
}

export function entriesOf(node: Syntax, reader: Reader): Entry[] {
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

export function functionExpression(node: Syntax, reader: Reader): Expression {
  return { kind: 'function', fn: functionOf(node, reader), at: node }
}

export function functionOf(node: Syntax, reader: Reader, owner?: ClassNode, marks: readonly Mark[] = []) {
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

export function classNode(node: Syntax, reader: Reader): ClassNode {
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

export function declarations(node: Syntax, reader: Reader): Statement[] {
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

export function imports(node: Syntax, _reader: Reader): Statement[] {
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

/** An element is a call of its name with its attributes as a record, then its children. */
export function jsx(node: Syntax, reader: Reader): Expression {
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
