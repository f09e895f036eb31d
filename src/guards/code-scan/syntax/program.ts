import type { Syntax } from './tree.ts'

/**
 * What a file says, in one small language that every grammar is read into: the analysis knows nothing of grammars.
 * `at` is the place in the text; what has none is made up (an implicit receiver, a default).
 */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Constant; readonly at: Syntax; readonly pattern?: boolean }
  | { readonly kind: 'name'; readonly name: string; readonly at: Syntax }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string; readonly at: Syntax }
  | { readonly kind: 'index'; readonly of: Expression; readonly key: Expression; readonly at: Syntax }
  | Call
  /** Text put together: a template, an interpolated string, `+` or `.` between its parts. */
  | {
      readonly kind: 'text'
      readonly parts: readonly Expression[]
      readonly at: Syntax
      readonly plus?: boolean
    }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
      readonly at: Syntax
    }
  | { readonly kind: 'not'; readonly of: Expression; readonly at: Syntax }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly at: Syntax }
  | {
      readonly kind: 'record'
      readonly entries: readonly Entry[]
      readonly at: Syntax
      readonly type?: string
    }
  | {
      readonly kind: 'choice'
      readonly condition: Expression
      readonly yes: Expression
      readonly no: Expression
      readonly at: Syntax
    }
  | {
      readonly kind: 'assign'
      readonly target: Expression
      readonly value: Expression
      readonly at: Syntax
      readonly declares?: boolean
      readonly type?: string
    }
  | { readonly kind: 'function'; readonly fn: FunctionNode; readonly at: Syntax }
  /** A value whose type the text states: a cast or a conversion. */
  | { readonly kind: 'cast'; readonly type: string; readonly of: Expression; readonly at: Syntax }
  | { readonly kind: 'spread'; readonly of: Expression; readonly at: Syntax }
  /** Statements where an expression stands (a block that gives a value). */
  | { readonly kind: 'block'; readonly body: readonly Statement[]; readonly at: Syntax }
  /** Anything else: it may hold what its parts hold. */
  | {
      readonly kind: 'mixture'
      readonly of: readonly Expression[]
      readonly at: Syntax
      readonly safe?: boolean
    }

export interface Call {
  readonly kind: 'call'
  readonly callee: Expression
  readonly arguments: readonly Argument[]
  readonly at: Syntax
  readonly creates?: boolean
}

export interface Argument {
  readonly name?: string
  readonly value: Expression
}

/** `key` undefined: everything of `value` is spread in. */
export interface Entry {
  readonly key: Expression | undefined
  readonly value: Expression
}

export type Constant = string | number | boolean | null

export type Statement =
  | { readonly kind: 'do'; readonly value: Expression }
  | {
      readonly kind: 'if'
      readonly condition: Expression
      readonly yes: readonly Statement[]
      readonly no: readonly Statement[]
    }
  | {
      readonly kind: 'loop'
      readonly before: readonly Statement[]
      readonly condition?: Expression | undefined
      readonly each?: { readonly target: Expression; readonly of: Expression; readonly keys: boolean }
      readonly body: readonly Statement[]
    }
  | { readonly kind: 'switch'; readonly on: Expression | undefined; readonly cases: readonly Case[] }
  | {
      readonly kind: 'try'
      readonly body: readonly Statement[]
      readonly handlers: readonly (readonly Statement[])[]
      readonly finally: readonly Statement[]
    }
  | { readonly kind: 'return'; readonly value: Expression | undefined }
  /** Control leaves this path: throw, break, continue, exit. */
  | { readonly kind: 'leave'; readonly value: Expression | undefined; readonly break?: boolean }
  | { readonly kind: 'define'; readonly fn: FunctionNode }
  | { readonly kind: 'class'; readonly node: ClassNode }
  | { readonly kind: 'import'; readonly name: string; readonly path: string }

export interface Case {
  /** Empty: the default. */
  readonly tests: readonly Expression[]
  readonly body: readonly Statement[]
  readonly fallsThrough: boolean
}

export interface FunctionNode {
  readonly name: string | undefined
  readonly parameters: readonly Parameter[]
  /** Decorators, annotations and attributes, as calls or names. */
  readonly marks: readonly Mark[]
  readonly at: Syntax
  /** Read when first asked for: most functions of most files never are. */
  readonly body: () => readonly Statement[]
  /** The method belongs to this class. */
  readonly owner?: ClassNode | undefined
}

export interface Parameter {
  readonly pattern: Expression
  readonly name: string | undefined
  readonly type: string | undefined
  readonly marks: readonly Mark[]
  readonly fallback: Expression | undefined
  readonly at: Syntax
}

export interface Mark {
  readonly name: string
  readonly arguments: readonly Argument[]
  readonly at: Syntax
}

export interface ClassNode {
  readonly name: string | undefined
  readonly bases: readonly string[]
  readonly marks: readonly Mark[]
  readonly at: Syntax
  readonly body: () => readonly Statement[]
}
