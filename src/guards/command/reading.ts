import type { Code } from './code/code.ts'
import type { Origin } from './origin.ts'
import type { Span } from './verdict.ts'

/** One word of a command, unquoted, with what is known of its variables put in. */
export interface Argument {
  readonly text: string
  /** False when the shell would still change it: an expansion, a substitution, a glob, a brace. */
  readonly literal: boolean
  /** Expansions whose value the text does not show; a glob or brace alone is not opaque. */
  readonly opaque: boolean
  /** Commands whose output becomes this word, directly or through a variable, or whose pipe it names. */
  readonly substitutions: readonly Invocation[]
  /** The words that the shell would make of it, where that is more than one. */
  readonly fields?: readonly string[] | undefined
  /** How the word hides what it says, in words that complete `it …`. */
  readonly trick?: string | undefined
  /** Names of the variables it takes its text from. */
  readonly variables?: readonly string[] | undefined
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
  /** Here-documents and here-strings on its standard input. */
  readonly input: readonly Argument[]
  /** Programs on the left of it in its pipeline: their output is its standard input. */
  readonly upstream: readonly Invocation[]
  /** Wrappers looked through to find it, outermost first: `sudo`, `env`, `xargs`. */
  readonly via: readonly string[]
  readonly background: boolean
  /** Variables set for it alone. */
  readonly environment: readonly Assigned[]
  /** The directory a former `cd` of the same text went to. */
  readonly directory?: string | undefined
  readonly span?: Span | undefined
}

export interface Assigned {
  readonly name: string
  readonly value: Argument
}

/** A shell function and the programs its body would run. */
export interface ShellFunction {
  readonly name: string
  readonly body: readonly Invocation[]
  readonly span?: Span | undefined
}

/** Why a part of the text could not be read; the guard refuses what it cannot read. */
export interface Unreadable {
  readonly kind: 'syntax' | 'name' | 'depth' | 'size' | 'control'
  readonly what: string
  readonly span?: Span | undefined
}

/** A command name or script that hides what it is. */
export interface Trick {
  readonly what: string
  readonly span?: Span | undefined
}

/** A file that the same text made and then runs. */
export interface Executed {
  readonly path: string
  readonly origin: Exclude<Origin, 'written'>
  readonly by: string
  readonly span?: Span | undefined
}

/** An endless loop, by what it does without waiting. */
export interface EndlessLoop {
  readonly does: 'background' | 'grow' | 'flood'
  readonly span?: Span | undefined
}

/** All that a text would do, flattened: every program, redirection, inline program and function in it. */
export interface Reading {
  readonly invocations: readonly Invocation[]
  readonly redirects: readonly Redirection[]
  readonly codes: readonly Code[]
  readonly functions: readonly ShellFunction[]
  /** Values given to variables, so that `F=/etc/shadow; cat $F` shows its path. */
  readonly assigned: readonly Assigned[]
  readonly endless: readonly EndlessLoop[]
  readonly tricks: readonly Trick[]
  readonly executed: readonly Executed[]
  readonly unreadable: readonly Unreadable[]
}

export function literalArgument(text: string): Argument {
  return { text, literal: true, opaque: false, substitutions: [] }
}

/** The values of an option in any of its spellings: `-o x`, `-ox`, `--output x`, `--output=x`. */
export function optionValues(args: readonly Argument[], short: string, long?: string): Argument[] {
  const values: Argument[] = []
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]
    if (argument === undefined || !argument.text.startsWith('-')) continue
    const next = args[index + 1]
    if (argument.text === short || (long !== undefined && argument.text === long)) {
      if (next) values.push(next)
    } else if (long !== undefined && argument.text.startsWith(`${long}=`)) {
      values.push({ ...argument, text: argument.text.slice(long.length + 1) })
    } else if (short.length === 2 && argument.text.startsWith(short)) {
      values.push({ ...argument, text: argument.text.slice(2) })
    }
  }
  return values
}

/** The word after a bundle whose last letter takes it: `-qO file`. */
export function bundledValues(args: readonly Argument[], letter: string): readonly Argument[] {
  return args.flatMap(({ text }, index) =>
    text.length > 2 && text.endsWith(letter) && /^-[a-zA-Z]+$/.test(text)
      ? args.slice(index + 1, index + 2)
      : [],
  )
}

/** True for a flag alone or in a bundle: `f` in `-rf`; `--force`. */
export function hasFlag(args: readonly Argument[], letter: string, long?: string): boolean {
  return args.some(
    ({ text }) =>
      (text.includes(letter) && /^-[A-Za-z0-9]+$/.test(text)) || (long !== undefined && text === long),
  )
}

/** True when one of the words stands there as it is. */
export function hasWord(args: readonly Argument[], ...words: readonly string[]): boolean {
  return args.some(({ text }) => words.includes(text))
}

/** The words that are not options; after `--` every word counts. */
export function operands(args: readonly Argument[]): Argument[] {
  const words: Argument[] = []
  let ended = false
  for (const argument of args) {
    if (!ended && argument.text === '--') ended = true
    else if (ended || argument.text === '-' || !argument.text.startsWith('-')) words.push(argument)
  }
  return words
}

/** The first word that is not an option: the subcommand of many programs. */
export function firstOperand(args: readonly Argument[]): string {
  return args.find(({ text }) => !text.startsWith('-'))?.text ?? ''
}
