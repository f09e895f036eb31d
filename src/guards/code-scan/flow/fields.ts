import type { Expression, FunctionNode } from '../syntax/program.ts'
import type { Scope } from './analysis.ts'
import { deepTaints, join, LOCAL, type Value } from './value.ts'

/** What one method of a class leaves in a field for the others: only what somebody outside of the program controls. */
export class Fields {
  readonly #values = new Map<string, Value>()
  readonly #readers = new Map<string, Map<FunctionNode, Scope>>()

  /** Keeps a value, and gives the functions that had read the field before anything was known of it. */
  write(owner: string, field: string, value: Value): readonly (readonly [FunctionNode, Scope])[] {
    const taints = deepTaints(value).filter(({ origin }) => origin >= LOCAL)
    if (taints.length === 0) return []
    const key = `${owner}#${field}`
    const known = this.#values.get(key)
    const kept: Value = { taints, prefix: value.prefix, built: value.built }
    this.#values.set(key, known === undefined ? kept : join(known, kept))
    const readers = known === undefined ? [...(this.#readers.get(key) ?? [])] : []
    this.#readers.delete(key)
    return readers
  }

  read(owner: string, field: string, scope: Scope): Value | undefined {
    const key = `${owner}#${field}`
    const known = this.#values.get(key)
    if (known === undefined && scope.fn !== undefined && scope.depth === 0) {
      const readers = this.#readers.get(key) ?? new Map<FunctionNode, Scope>()
      this.#readers.set(key, readers.set(scope.fn, scope))
    }
    return known
  }
}

/** The field that an expression means, and the class it belongs to: `this.name`, `@name`. */
export function fieldOf(
  expression: Expression,
  scope: Scope,
): readonly [owner: string, field: string] | undefined {
  const owner = scope.fn?.owner?.name
  if (owner === undefined) return undefined
  if (expression.kind === 'name')
    return expression.name.startsWith('@') ? [owner, expression.name] : undefined
  if (expression.kind !== 'member' || expression.of.kind !== 'name') return undefined
  return /^(?:this|self|\$this)$/.test(expression.of.name) ? [owner, expression.name] : undefined
}
