import {
  type ArithmeticFor,
  type Assignment,
  type Command,
  type For,
  forEachChild,
  type ParsedScript,
  parse,
  type SyntaxNode,
  type While,
  type Word,
} from 'unbash'
import { analyse } from './code/analyse.ts'
import type { Code } from './code/code.ts'
import { embedded } from './embedded.ts'
import { endless } from './endless.ts'
import { WrittenFiles } from './files.ts'
import { PREFIX } from './makefile.ts'
import { isBrokenUp, nameOf } from './names.ts'
import type {
  Argument,
  Assigned,
  EndlessLoop,
  Executed,
  Invocation,
  Reading,
  Redirection,
  ShellFunction,
  Trick,
  Unreadable,
} from './reading.ts'
import { literalArgument, operands } from './reading.ts'
import { type Standing, type Surroundings, spanOf } from './standing.ts'
import { staticOutput } from './static-output.ts'
import { COMMAND_VARIABLES, Variables } from './variables.ts'
import type { Span } from './verdict.ts'
import { argumentOf } from './words.ts'
import { unwrap } from './wrappers.ts'

const LONGEST = 64 * 1024
const DEEPEST = 8
const MOST_INVOCATIONS = 4_000
const MOST_WORDS = 40_000
/** A `find` with more could multiply its roots by its `-exec`s into gigabytes. */
const MOST_WORDS_OF_FIND = 1_000

/** Walks over a parsed text, and gathers all that it would do. */
export class Reader implements Reading {
  /** The text itself; everything else is a part of it. */
  static read(text: string): Reading {
    const reader = new Reader()
    reader.script(text, { depth: 0, upstream: [], via: [], background: false, functions: [], placed: true })
    return reader
  }

  readonly invocations: Invocation[] = []
  readonly redirects: Redirection[] = []
  readonly codes: Code[] = []
  readonly functions: ShellFunction[] = []
  readonly assigned: Assigned[] = []
  readonly endless: EndlessLoop[] = []
  readonly tricks: Trick[] = []
  readonly executed: Executed[] = []
  readonly unreadable: Unreadable[] = []
  readonly #variables = new Variables()
  readonly #files = new WrittenFiles()
  #directory: string | undefined
  #characters = 0
  #words = 0

  /** Parses a text and reads all of it; returns the invocations it added. */
  script(text: string, place: Standing): Invocation[] {
    this.#characters += text.length
    if (this.#characters > LONGEST) return this.#refuse('size', `more than ${LONGEST} characters`)
    if (place.depth > DEEPEST) return this.#refuse('depth', `scripts nested deeper than ${DEEPEST}`)
    if (text.includes('\0')) return this.#refuse('control', 'a NUL character')
    try {
      return this.#visitAll(parse(text), place)
    } catch {
      // A parser that throws has met something it does not know: refused like a syntax error.
      return this.#refuse('syntax', 'the parser gave up')
    }
  }

  #refuse(kind: Unreadable['kind'], what: string, span?: Span): Invocation[] {
    this.unreadable.push({ kind, what, span })
    return []
  }

  #visitAll(node: SyntaxNode, place: Standing): Invocation[] {
    const from = this.invocations.length
    this.#visit(node, place)
    return this.invocations.slice(from)
  }

  #visit(node: SyntaxNode, place: Standing): void {
    switch (node.type) {
      case 'Script':
        for (const error of 'errors' in node ? (node.errors ?? []) : [])
          this.#refuse(
            'syntax',
            error.message,
            place.placed ? { start: error.pos, end: error.pos } : undefined,
          )
        this.#children(node, place)
        return
      case 'Statement':
        this.#children(
          node,
          node.background === true || place.background
            ? { ...place, background: node.background === true }
            : place,
        )
        return
      case 'Pipeline': {
        let upstream = place.upstream
        const prefixes = node.prefixes.map(({ type }) => (type === 'Time' ? 'time' : '!'))
        const via = prefixes.length > 0 ? [...place.via, ...prefixes] : place.via
        for (const command of node.commands)
          upstream = [...upstream, ...this.#visitAll(command, { ...place, via, upstream })]
        return
      }
      case 'Subshell': {
        const before = this.#directory
        this.#children(node, place)
        this.#directory = before
        return
      }
      case 'Function': {
        const body: Invocation[] = []
        this.#children(node, { ...place, functions: [...place.functions, body] })
        this.functions.push({ name: node.name.value, body, span: spanOf(node, place) })
        return
      }
      case 'For':
        this.#for(node, place)
        return
      case 'While':
      case 'ArithmeticFor':
        this.#loop(node, place)
        return
      case 'Redirect':
      case 'HereString':
        if (node.target)
          this.redirects.push({ operator: node.operator, target: this.#argument(node.target, place) })
        return
      case 'Assignment':
        this.#assign(node, place)
        return
      case 'Word':
        this.#argument(node, place)
        return
      case 'Command':
        this.#command(node, place)
        return
      default:
        this.#children(node, place)
    }
  }

  #children(node: SyntaxNode, place: Standing): void {
    forEachChild(node, (child) => this.#visit(child, place))
  }

  #for(node: For, place: Standing): void {
    const words = (node.wordlist ?? []).map((word) => this.#argument(word, place))
    const [only] = words
    const sources = words.flatMap(({ substitutions }) => substitutions)
    this.#variables.set(
      node.name.value,
      words.length === 1 && only && !only.opaque ? only.text : undefined,
      sources,
    )
    this.#visit(node.body, place)
  }

  #loop(node: While | ArithmeticFor, place: Standing): void {
    const from = this.invocations.length
    this.#children(node, place)
    const inside = this.invocations.slice(from)
    const does = endless(node, inside)
    if (does !== undefined) this.endless.push({ does, span: spanOf(node, place) })
  }

  #command(node: Command, place: Standing): void {
    if (this.invocations.length > MOST_INVOCATIONS) {
      this.#refuse('size', `more than ${MOST_INVOCATIONS} commands`)
      return
    }
    const redirects: Redirection[] = []
    const input: Argument[] = []
    for (const redirect of node.redirects) {
      if (redirect.type === 'HereDoc') {
        const from = this.invocations.length
        this.#children(redirect.body, { ...place, upstream: [] })
        input.push({ ...literalArgument(redirect.body.text), substitutions: this.invocations.slice(from) })
      } else if (redirect.target) {
        const target = this.#argument(redirect.target, place)
        redirects.push({ operator: redirect.operator, target })
        if (redirect.operator === '<<<') input.push(target)
      }
    }
    this.redirects.push(...redirects)
    const environment = node.prefix.flatMap((part) =>
      part.type === 'Assignment' ? this.#assign(part, place) : [],
    )
    if (!node.name) return
    if (isBrokenUp(node.name.text))
      this.tricks.push({ what: 'is broken up by quotes', span: spanOf(node, place) })
    const words = [node.name, ...node.args].map((word) =>
      word.type === 'Assignment' ? this.#assignmentArgument(word, place) : this.#argument(word, place),
    )
    this.#invoke(words, { redirects, input, environment, span: spanOf(node, place) }, place)
  }

  /** Records the program behind all wrappers, and reads every script it was given. */
  #invoke(given: readonly Argument[], around: Surroundings, place: Standing): void {
    const words = given.some(({ fields }) => fields) ? given.flatMap(separate) : given
    this.#words += words.length
    if (this.#words > MOST_WORDS) {
      this.#refuse('size', `more than ${MOST_WORDS} words`)
      return
    }
    const [program, ...args] = words
    if (!program || program.text === '') return
    if (program.opaque && PREFIX.test(program.text) && args[0] && !args[0].text.startsWith('-')) {
      this.#invoke(args, around, place)
      return
    }
    const named = nameOf(program, place.worded === true)
    if (named.kind === 'unknown') this.#refuse('name', program.text, around.span)
    if (named.kind === 'trick') this.tricks.push({ what: named.what, span: around.span })
    if (
      named.kind === 'plain' &&
      program.opaque &&
      program.variables?.some((name) => this.#variables.isTyped(name))
    )
      this.#refuse('name', program.text, around.span)
    // `… | $0`: the shell that reads this, once more.
    if (program.text === '$0' && args.length === 0 && place.upstream.length > 0) {
      this.#invoke([literalArgument('sh')], around, place)
      return
    }
    if (named.kind === 'other') {
      this.#invoke([named.name, ...args], around, place)
      return
    }
    const inner = { ...place, depth: place.depth + 1, placed: false }
    // `watch 'a b'`, `flock file -c 'a b'`: one word that a wrapper hands to a shell.
    if (place.via.length > 0 && /\s/.test(program.text)) {
      this.script(program.text, inner)
      return
    }
    // `ed`, then `!/bin/sh` on a line of its own: typed into the program before it.
    if (program.text.startsWith('!') && program.text.length > 1) {
      const typed = [program.text.slice(1), ...args.map(({ text }) => text)].join(' ')
      this.script(typed, { ...inner, via: [...place.via, this.invocations.at(-1)?.name ?? 'history'] })
      return
    }
    const invocation: Invocation = {
      name: program.text.slice(program.text.lastIndexOf('/') + 1),
      program,
      args,
      ...around,
      upstream: place.upstream,
      via: place.via,
      background: place.background,
      directory: this.#directory,
    }
    this.invocations.push(invocation)
    for (const body of place.functions) body.push(invocation)
    this.#variables.note(invocation)
    if (invocation.name === 'cd' || invocation.name === 'pushd') this.#enter(operands(args)[0]?.text ?? '~')
    this.#readInside(invocation, around, { ...inner, via: [...place.via, invocation.name] })
    this.#files.note(invocation)
  }

  #readInside(invocation: Invocation, around: Surroundings, inner: Standing): void {
    const { name, args, span } = invocation
    if (/^(find|fd)$/.test(name) && args.length > MOST_WORDS_OF_FIND) {
      this.#refuse('size', `a find of more than ${MOST_WORDS_OF_FIND} words`, span)
      return
    }
    const wrapped = unwrap(invocation)
    for (const command of wrapped) {
      if (inner.depth > DEEPEST) {
        this.#refuse('depth', `commands wrapped deeper than ${DEEPEST}`, span)
        return
      }
      this.#invoke(command, around, inner)
    }
    const found = embedded(invocation, (path) => this.#files.find(path)?.text)
    const before = this.#directory
    const worded = { ...inner, worded: true }
    for (const script of found.scripts) {
      if (script.trick !== undefined) this.tricks.push({ what: script.trick, span })
      this.script(script.text, worded)
    }
    for (const text of found.guesses) this.#guess(text, worded)
    for (const { interpreter, text } of found.codes) this.#code(interpreter, text, span, worded)
    if (name !== 'eval' && name !== '.' && name !== 'source') this.#directory = before
    if (found.runs !== undefined) {
      const written = this.#files.find(found.runs)
      if (written && written.origin !== 'written')
        this.executed.push({ path: found.runs, origin: written.origin, by: name, span })
    }
  }

  #code(interpreter: string, text: string, span: Span | undefined, place: Standing): void {
    this.#characters += text.length
    if (this.#characters > LONGEST) {
      this.#refuse('size', `more than ${LONGEST} characters`)
      return
    }
    const code = analyse(interpreter, text, span)
    this.codes.push(code)
    for (const command of code.commands) this.#guess(command, place)
  }

  /** Reads a text that may or may not be shell: what does not parse is no objection. */
  #guess(text: string, place: Standing): void {
    const before = [this.unreadable.length, this.tricks.length] as const
    this.script(text, place)
    ;[this.unreadable.length, this.tricks.length] = before
  }

  #enter(directory: string): void {
    const absolute = /^[/~]/.test(directory)
    const base = this.#directory
    this.#directory = absolute || base === undefined ? directory : `${base}/${directory}`
    if (this.#directory.length > 1_000) this.#directory = undefined
  }

  #assign(node: Assignment, place: Standing): Assigned[] {
    const words: readonly Word[] = node.value.type === 'ArrayValue' ? node.value.elements : [node.value]
    const values = words.map((word) => this.#argument(word, place))
    const plain = values.every(({ opaque }) => !opaque) && !node.append
    const text = plain ? values.map((value) => value.text).join(' ') : undefined
    const name = node.value.type === 'ArrayValue' ? `${node.name}[]` : node.name
    this.#variables.set(
      name,
      text,
      values.flatMap(({ substitutions }) => substitutions),
    )
    const assigned = values.map((value) => ({ name: node.name, value }))
    for (const one of assigned) {
      this.assigned.push(one)
      // These variables hold a command that another program runs later.
      if (COMMAND_VARIABLES.has(one.name))
        this.#guess(one.value.text, {
          ...place,
          depth: place.depth + 1,
          placed: false,
          via: [...place.via, one.name],
        })
    }
    return assigned
  }

  #assignmentArgument(node: Assignment, place: Standing): Argument {
    const [assigned] = this.#assign(node, place)
    return assigned
      ? { ...assigned.value, text: `${node.name}=${assigned.value.text}` }
      : literalArgument(node.text)
  }

  #argument(word: Word, place: Standing): Argument {
    return argumentOf(word, {
      value: (name) => this.#variables.value(name),
      sources: (name) => this.#variables.sources(name),
      substitute: (script) => this.#substitute(script, place),
    })
  }

  #substitute(
    script: ParsedScript,
    place: Standing,
  ): { invocations: readonly Invocation[]; output?: string | undefined } {
    const before = this.#directory
    const invocations = this.#visitAll(script, { ...place, upstream: [], background: false })
    this.#directory = before
    const [statement, another] = script.commands
    const simple =
      another === undefined &&
      (statement?.command.type === 'Pipeline' || statement?.command.type === 'Command')
    return { invocations, output: simple ? staticOutput(invocations) : undefined }
  }
}

function separate(argument: Argument): Argument[] {
  return argument.fields
    ? argument.fields.map((text) => ({ ...argument, text, fields: undefined }))
    : [argument]
}
