import type { Case, ClassNode, Expression, Mark, Parameter, Statement } from './program.ts'
import {
  chain,
  functionNode,
  lazily,
  literal,
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
  return literal(unescaped(raw.startsWith('"""') ? raw.slice(3, -3) : raw.slice(1, -1)), node)
}

export function binary(node: Syntax, reader: Reader): Expression {
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

export function argumentsOf(node: Syntax, reader: Reader): Expression[] {
  const given = node.field('arguments')
  return given === null ? [] : reader.heard(given).map((value) => reader.expression(value))
}

export function classes(node: Syntax, reader: Reader): Statement[] {
  const bases = [node.field('superclass'), node.field('interfaces')].flatMap((part) =>
    part === null
      ? []
      : part
          .text()
          .replace(/^\s*(?:extends|implements)\s+/, '')
          .split(','),
  )
  const made: ClassNode = {
    name: node.field('name')?.text(),
    bases: bases.map((base) => typeName(base) ?? ''),
    marks: marksOf(node, reader),
    at: node,
    body: lazily(() =>
      (node.field('body')?.namedChildren() ?? []).flatMap((part): readonly Statement[] =>
        part.kind() === 'method_declaration' || part.kind() === 'constructor_declaration'
          ? [{ kind: 'define', fn: functionOf(part, reader, made) }]
          : reader.statement(part),
      ),
    ),
  }
  return [{ kind: 'class', node: made }]
}

export function functionOf(node: Syntax, reader: Reader, owner?: ClassNode) {
  return functionNode({
    name: node.field('name')?.text(),
    parameters: parametersOf(node.field('parameters'), reader),
    marks: marksOf(node, reader),
    at: node,
    owner,
    body: () => reader.body(node.field('body')),
  })
}

function parametersOf(node: Syntax | null, reader: Reader): Parameter[] {
  return (node?.namedChildren() ?? [])
    .filter((part) => part.kind().endsWith('_parameter') && part.kind() !== 'receiver_parameter')
    .map((part) => {
      const declarator = part.namedChildren().find((child) => child.kind() === 'variable_declarator')
      const given = part.field('name') ?? declarator?.field('name') ?? part
      return parameter(name(given), {
        at: part,
        type: typeName(part.field('type')?.text()),
        marks: marksOf(part, reader),
      })
    })
}

export function lambdaParameters(node: Syntax | null, reader: Reader): Parameter[] {
  if (node === null) return []
  if (node.kind() === 'identifier') return [parameter(name(node), { at: node })]
  if (node.kind() === 'formal_parameters') return parametersOf(node, reader)
  return reader.heard(node).map((part) => parameter(name(part), { at: part }))
}

function marksOf(node: Syntax, reader: Reader): Mark[] {
  const modifiers = node.namedChildren().find((child) => child.kind() === 'modifiers')
  return (modifiers?.namedChildren() ?? [])
    .filter((child) => child.kind().endsWith('annotation'))
    .map((annotation) => ({
      name: annotation.field('name')?.text() ?? '',
      arguments: (annotation.field('arguments')?.namedChildren() ?? []).map((part) =>
        part.kind() === 'element_value_pair'
          ? { name: part.field('key')?.text() ?? '', value: reader.expression(part.field('value')) }
          : { value: reader.expression(part) },
      ),
      at: annotation,
    }))
}

export function declarations(node: Syntax, reader: Reader): Statement[] {
  const type = typeName(node.field('type')?.text())
  return node.fieldChildren('declarator').map((part): Statement => {
    const value = part.field('value')
    return {
      kind: 'do',
      value: {
        kind: 'assign',
        target: name(part.field('name') ?? part),
        value: value === null ? NOTHING : reader.expression(value),
        declares: true,
        ...(type === undefined ? {} : { type }),
        at: part,
      },
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

export function tried(node: Syntax, reader: Reader): Statement[] {
  const children = node.namedChildren()
  return [
    {
      kind: 'try',
      body: [...reader.statement(node.field('resources')), ...reader.body(node.field('body'))],
      handlers: children
        .filter((child) => child.kind() === 'catch_clause')
        .map((child) => reader.body(child.field('body'))),
      finally: children
        .filter((child) => child.kind() === 'finally_clause')
        .flatMap((child) => reader.body(child)),
    },
  ]
}

export function caseOf(group: Syntax, reader: Reader): Case {
  const labels = group.namedChildren().filter((child) => child.kind() === 'switch_label')
  const body = reader
    .heard(group)
    .filter((child) => child.kind() !== 'switch_label')
    .flatMap((part) => reader.statement(part))
  const last = body.at(-1)
  return {
    tests: labels.flatMap((label) => reader.heard(label)).map((test) => reader.expression(test)),
    body,
    fallsThrough: group.kind() !== 'switch_rule' && last?.kind !== 'leave' && last?.kind !== 'return',
  }
}
