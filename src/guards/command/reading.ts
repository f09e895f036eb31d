import type { Span } from './verdict.ts'

/** One word of a command, unquoted. */
export interface Argument {
  readonly text: string
  /** False when the shell would still change it: an expansion, a substitution, a glob, a brace. */
  readonly literal: boolean
  /** Expansions whose value the text does not show; a glob or brace alone is not opaque. */
  readonly opaque: boolean
  /** Commands whose output becomes this word, or whose pipe it names. */
  readonly substitutions: readonly Invocation[]
}

export interface Redirection {
  readonly operator: string
  readonly target: Argument
}

/** One program that would run, whatever wrapped it. */
export interface Invocation {
  /** Last part of the program's path: `rm` for `/bin/rm`. */
  readonly name: string
  readonly program: Argument
  readonly args: readonly Argument[]
  readonly redirects: readonly Redirection[]
  /** Programs on the left of it in its pipeline: their output is its standard input. */
  readonly upstream: readonly Invocation[]
  /** Wrappers looked through to find it, outermost first: `sudo`, `env`, `xargs`. */
  readonly via: readonly string[]
  readonly background: boolean
  readonly span?: Span | undefined
}

/** Program text given to an interpreter that is not a shell. */
export interface InlineCode {
  readonly interpreter: string
  readonly code: string
  readonly span?: Span | undefined
}

/** A shell function and the programs its body would run. */
export interface ShellFunction {
  readonly name: string
  readonly body: readonly Invocation[]
  readonly span?: Span | undefined
}

/** Why a part of the text could not be read; the guard refuses what it cannot read. */
export interface Unreadable {
  readonly kind: 'syntax' | 'name' | 'script' | 'depth' | 'size' | 'control'
  readonly what: string
  readonly span?: Span | undefined
}

/** All that a text would do, flattened: every program, redirection, inline program and function in it. */
export interface Reading {
  readonly invocations: readonly Invocation[]
  readonly redirects: readonly Redirection[]
  readonly inline: readonly InlineCode[]
  readonly functions: readonly ShellFunction[]
  /** Values given to variables, so that `F=/etc/shadow; cat $F` shows its path. */
  readonly assigned: readonly { readonly name: string; readonly value: Argument }[]
  /** Endless loops that start background jobs. */
  readonly endlessSpawns: readonly (Span | undefined)[]
  readonly unreadable: readonly Unreadable[]
}

export function literalArgument(text: string): Argument {
  return { text, literal: true, opaque: false, substitutions: [] }
}

/** The values of an option in any of its spellings: `-o x`, `-ox`, `--output x`, `--output=x`. */
export function optionValues(args: readonly Argument[], short: string, long?: string): Argument[] {
  const values: Argument[] = []
  for (const [index, argument] of args.entries()) {
    const next = args[index + 1]
    if (argument.text === short || (long !== undefined && argument.text === long)) {
      if (next) values.push(next)
    } else if (long !== undefined && argument.text.startsWith(`${long}=`)) {
      values.push({ ...argument, text: argument.text.slice(long.length + 1) })
    } else if (short.length === 2 && argument.text.startsWith(short) && !argument.text.startsWith('--')) {
      values.push({ ...argument, text: argument.text.slice(2) })
    }
  }
  return values
}

/** True for a flag alone or in a bundle: `f` in `-rf`; `--force`. */
export function hasFlag(args: readonly Argument[], letter: string, long?: string): boolean {
  return args.some(
    ({ text }) =>
      (/^-[A-Za-z]+$/.test(text) && text.includes(letter)) || (long !== undefined && text === long),
  )
}

/** The words that are not options; after `--` every word counts. */
export function operands(args: readonly Argument[]): Argument[] {
  const end = args.findIndex(({ text }) => text === '--')
  const before = end < 0 ? args : args.slice(0, end)
  const after = end < 0 ? [] : args.slice(end + 1)
  return [...before.filter(({ text }) => !text.startsWith('-') || text === '-'), ...after]
}
