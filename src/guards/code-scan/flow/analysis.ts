import type { Language } from '../language.ts'
import type { ScanRule, Sighting } from '../rule.ts'
import type { Expression, FunctionNode, Statement } from '../syntax/program.ts'
import type { Syntax } from '../syntax/tree.ts'
import type { Origin, Trace, Value } from './value.ts'
import type { Variables } from './variables.ts'

/** What is known at one place of the program: the values of its names, and whether control can be there. */
export interface Scope {
  readonly variables: Variables
  readonly fn: FunctionNode | undefined
  readonly returns: Value[]
  /** Control has left this path; `break` only up to the loop or switch around. */
  left: false | 'break' | 'gone'
  /** Where control left the loop or switch around by a `break` or `continue`, and what stood before it. */
  readonly exits?: { readonly base: Variables; readonly found: Variables[] } | undefined
  /** What comes from far away may be known here by a name: it comes in around this function, or was handed to it. */
  readonly reached?: boolean | undefined
  /** How many calls deep the analysis is inside of the file's own functions. */
  readonly depth: number
}

export interface Sight {
  readonly rule: ScanRule
  readonly sighting: Sighting
  readonly at: Syntax
  /** 0: nothing flows, the text alone says it. */
  readonly origin: Origin | 0
  readonly trace: Trace | undefined
  readonly fn: FunctionNode | undefined
}

/** What the parts of the analysis need of one another. */
export interface Analysis {
  readonly language: Language
  readonly text: string
  evaluate(expression: Expression, scope: Scope): Value
  run(body: readonly Statement[], scope: Scope): void
  /** What a function of this file gives for these arguments; undefined when it cannot be followed. */
  enter(
    fn: FunctionNode,
    values: readonly (Value | undefined)[],
    scope: Scope,
    at: Syntax,
    closure: boolean,
  ): Value | undefined
  /** Looks at a function by itself, with parameters of which nobody knows more than its marks say. */
  visit(fn: FunctionNode, scope: Scope): void
  /** Whether anything that values may come from stands in the function. */
  hasSource(fn: FunctionNode): boolean
  /** This file itself calls the function: then what it is given is known, and nobody need be suspected. */
  isHelper(fn: FunctionNode): boolean
  /** The function or method of this file that bears the name, when there is exactly one. */
  functionNamed(name: string): FunctionNode | undefined
  assign(target: Expression, value: Value, scope: Scope, at: Syntax, type?: string): void
  see(sight: Sight): void
  /** What the methods of a class know of its fields. */
  readField(owner: string, field: string, scope: Scope): Value | undefined
  writeField(owner: string, field: string, value: Value): void
  /** The paths of names (`req.query.id`) of which something was learnt anywhere. */
  readonly learnt: Set<string>
}

export function branch(scope: Scope): Scope {
  return { ...scope, variables: scope.variables.branch() }
}
