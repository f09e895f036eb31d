import type {
  Argument,
  Case,
  ClassNode,
  Expression,
  FunctionNode,
  Mark,
  Parameter,
  Statement,
} from './program.ts'
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

export function text(node: Syntax): Expression {
  const raw = node.text()
  if (raw.startsWith('@')) return literal(raw.slice(2, -1).replaceAll('""', '"'), node)
  const quotes = /^"+/.exec(raw)?.[0].length ?? 1
  return literal(
    quotes >= 3 ? raw.slice(quotes, -quotes) : unescaped(raw.replace(/(?:u8)?$/, '').slice(1, -1)),
    node,
  )
}

export function interpolated(node: Syntax, reader: Reader): Expression {
  const parts = node
    .namedChildren()
    .filter(
      (part) =>
        part.kind() === 'string_content' ||
        part.kind() === 'escape_sequence' ||
        part.kind() === 'interpolation',
    )
  return {
    kind: 'text',
    at: node,
    parts: parts.map((part) =>
      part.kind() === 'interpolation' ? placeOf(part, reader) : literal(unescaped(part.text()), part),
    ),
  }
}

/** A value in its place; with a format of numbers it can be nothing else. */
function placeOf(part: Syntax, reader: Reader): Expression {
  const [value] = part.namedChildren().filter((child) => !child.kind().startsWith('interpolation_'))
  const format = part
    .namedChildren()
    .find((child) => child.kind() === 'interpolation_format_clause')
    ?.text()
  const of = reader.expression(value)
  return format !== undefined && /^:[DdNnFfXxCcPpEe]\d*$/.test(format)
    ? { kind: 'cast', type: 'int', of, at: part }
    : of
}

export function binary(node: Syntax, reader: Reader): Expression {
  const operator = node.field('operator')?.kind() ?? ''
  if (operator === '+') {
    const parts = chain(
      node,
      (at) => at.kind() === 'binary_expression' && at.field('operator')?.kind() === '+',
      (at) => [at.field('left'), at.field('right')],
    )
    return { kind: 'text', parts: parts.map((part) => reader.expression(part)), plus: true, at: node }
  }
  return {
    kind: 'binary',
    operator,
    left: reader.expression(node.field('left')),
    right: reader.expression(node.field('right')),
    at: node,
  }
}

export function argumentsOf(node: Syntax | null, reader: Reader): (Argument | Expression)[] {
  return (node === null ? [] : reader.heard(node)).map((part): Argument | Expression => {
    if (part.kind() !== 'argument') return reader.expression(part)
    const given = part.field('name')
    const value = reader.expression(
      part
        .namedChildren()
        .filter((child) => child.kind() !== 'modifier')
        .at(-1),
    )
    return given === null ? value : { name: given.text(), value }
  })
}

/** The last name of what is called, without its type arguments. */
export function calleeOf(node: Syntax | null, reader: Reader): Expression {
  if (node === null) return NOTHING
  if (node.kind() === 'generic_name') return name(node, typeName(node.text()))
  return reader.expression(node)
}

/** `new X(a) { Name = b }`: what is set between the braces is handed over by its name. */
export function created(node: Syntax, reader: Reader): Expression {
  const type = node.field('type')
  const initializer = node.field('initializer')
  const made = typeName(type?.text()) ?? ''
  const named = (initializer?.namedChildren() ?? []).filter((part) => part.kind() === 'assignment_expression')
  const given = argumentsOf(node.field('arguments'), reader)
  const properties = named.map((part) => ({
    name:
      part
        .field('left')
        ?.text()
        .replace(/^\[?"?|"?\]?$/g, '') ?? '',
    value: reader.expression(part.field('right')),
  }))
  if (given.length === 0 && named.length > 0 && /Dictionary$|^\w*Collection$/.test(made))
    return { kind: 'record', entries: properties.map(entryOf), at: node, type: made }
  return call(name(type ?? node, made), [...given, ...properties], node, true)
}

function entryOf({ name: key, value }: Argument & { readonly name: string }) {
  return { key: literal(key, value.at), value }
}

export function classes(node: Syntax, reader: Reader): Statement[] {
  const bases = node.namedChildren().find((child) => child.kind() === 'base_list')
  const made: ClassNode = {
    name: node.field('name')?.text(),
    bases: (bases?.namedChildren() ?? []).map((base) => typeName(base.text()) ?? ''),
    marks: marksOf(node, reader),
    at: node,
    body: lazily(() =>
      (node.field('body')?.namedChildren() ?? []).flatMap((part): readonly Statement[] =>
        /^(?:method|constructor|destructor|operator)_declaration$/.test(part.kind())
          ? [{ kind: 'define', fn: functionOf(part, reader, made) }]
          : part.kind() === 'property_declaration'
            ? property(part, reader, made)
            : reader.statement(part),
      ),
    ),
  }
  return [{ kind: 'class', node: made }]
}

function property(node: Syntax, reader: Reader, owner: ClassNode): Statement[] {
  const value = node.field('value')
  const accessors = node.field('accessors')?.namedChildren() ?? []
  const named = node.field('name')
  if (value !== null && value.kind() !== 'arrow_expression_clause')
    return named === null ? [] : [{ kind: 'do', value: assigned(name(named), value, node, reader) }]
  return [...(value === null ? [] : [node]), ...accessors].map((part) => ({
    kind: 'define',
    fn: functionNode({ name: undefined, parameters: [], at: part, owner, body: () => bodyOf(part, reader) }),
  }))
}

export function functionOf(node: Syntax, reader: Reader, owner?: ClassNode): FunctionNode {
  return functionNode({
    name: node.field('name')?.text(),
    parameters: parametersOf(node.field('parameters'), reader),
    marks: marksOf(node, reader),
    at: node,
    owner,
    body: () => bodyOf(node, reader),
  })
}

function bodyOf(node: Syntax, reader: Reader): readonly Statement[] {
  const body =
    node.field('body') ?? node.namedChildren().find((child) => child.kind() === 'arrow_expression_clause')
  if (body === null || body === undefined) return []
  if (body.kind() === 'block') return reader.body(body)
  const value = body.kind() === 'arrow_expression_clause' ? reader.heard(body)[0] : body
  return [{ kind: 'return', value: reader.expression(value) }]
}

export function lambda(node: Syntax, reader: Reader): Expression {
  const given = node.field('parameters')
  const parameters =
    given?.kind() === 'parameter_list' || given === null
      ? parametersOf(given, reader)
      : [parameter(name(given), { at: given })]
  return {
    kind: 'function',
    at: node,
    fn: functionNode({ name: undefined, parameters, at: node, body: () => bodyOf(node, reader) }),
  }
}

function parametersOf(node: Syntax | null, reader: Reader): Parameter[] {
  return (node?.namedChildren() ?? [])
    .filter((part) => part.kind() === 'parameter')
    .map((part) => {
      const given = part.field('name') ?? part
      const last = part.namedChildren().at(-1)
      const fallback = last !== undefined && /literal/.test(last.kind()) ? reader.expression(last) : undefined
      return parameter(name(given), {
        at: part,
        type: typeName(part.field('type')?.text()),
        marks: marksOf(part, reader),
        fallback,
      })
    })
}

function marksOf(node: Syntax, reader: Reader): Mark[] {
  return node
    .namedChildren()
    .filter((child) => child.kind() === 'attribute_list')
    .flatMap((list) => list.namedChildren().filter((child) => child.kind() === 'attribute'))
    .map((attribute) => ({
      name: attribute.field('name')?.text() ?? '',
      arguments: argumentsOf(
        attribute.namedChildren().find((child) => child.kind() === 'attribute_argument_list') ?? null,
        reader,
      ).map((value) => ('kind' in value ? { value } : value)),
      at: attribute,
    }))
}

export function declarations(node: Syntax, reader: Reader): Statement[] {
  const declaration =
    node.kind() === 'variable_declaration'
      ? node
      : node.namedChildren().find((child) => child.kind() === 'variable_declaration')
  if (declaration === undefined) return []
  const type = typeName(declaration.field('type')?.text())
  return declaration
    .namedChildren()
    .filter((child) => child.kind() === 'variable_declarator')
    .map((part): Statement => {
      const named = part.field('name') ?? part
      const value = part.namedChildren().at(-1)
      return {
        kind: 'do',
        value: {
          kind: 'assign',
          target: name(named),
          value:
            value === undefined || value.range().start.index === named.range().start.index
              ? literal(null, part)
              : reader.expression(value),
          declares: true,
          ...(type === undefined || type === 'var' ? {} : { type }),
          at: part,
        },
      }
    })
}

function assigned(target: Expression, value: Syntax, at: Syntax, reader: Reader): Expression {
  return { kind: 'assign', target, value: reader.expression(value), declares: true, at }
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

export function tried(node: Syntax, reader: Reader): Statement[] {
  const parts = node.namedChildren()
  return [
    {
      kind: 'try',
      body: reader.body(node.field('body')),
      handlers: parts
        .filter((part) => part.kind() === 'catch_clause')
        .map((part) => reader.body(part.field('body'))),
      finally: parts
        .filter((part) => part.kind() === 'finally_clause')
        .flatMap((part) => reader.body(part.namedChildren()[0])),
    },
  ]
}

export function sections(node: Syntax, reader: Reader): Case[] {
  return (node.field('body')?.namedChildren() ?? [])
    .filter((part) => part.kind() === 'switch_section')
    .map((part) => {
      const patterns = part.namedChildren().filter((child) => child.kind().endsWith('pattern'))
      return {
        tests: patterns.map((pattern) => reader.mixture(pattern)),
        body: part
          .namedChildren()
          .filter((child) => !child.kind().endsWith('pattern') && child.kind() !== 'when_clause')
          .flatMap((child) => reader.statement(child)),
        fallsThrough: false,
      }
    })
}

/** `a?.b`: the same as `a.b` to who follows values. */
export function bound(of: Expression, binding: Syntax | undefined, reader: Reader): Expression {
  if (binding?.kind() === 'member_binding_expression')
    return member(
      of,
      typeName(binding.field('name')?.text() ?? binding.namedChildren()[0]?.text()) ?? '',
      binding,
    )
  if (binding?.kind() === 'element_binding_expression')
    return {
      kind: 'index',
      of,
      key: reader.expression(binding.namedChildren()[0]?.namedChildren()[0]),
      at: binding,
    }
  if (binding?.kind() === 'invocation_expression') {
    const callee = bound(of, binding.field('function') ?? undefined, reader)
    return call(callee, argumentsOf(binding.field('arguments'), reader), binding)
  }
  if (binding?.kind() === 'member_access_expression')
    return member(
      bound(of, binding.field('expression') ?? undefined, reader),
      typeName(binding.field('name')?.text()) ?? '',
      binding,
    )
  return of
}
