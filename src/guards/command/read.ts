import { type Assignment, type Command, forEachChild, parse, type SyntaxNode, type Word } from 'unbash'
import { embedded } from './embedded.ts'
import type {
  Argument,
  InlineCode,
  Invocation,
  Reading,
  Redirection,
  ShellFunction,
  Unreadable,
} from './reading.ts'
import { literalArgument } from './reading.ts'
import type { Span } from './verdict.ts'
import { unwrap } from './wrappers.ts'

const LONGEST = 64 * 1024
const DEEPEST = 8
const MOST_INVOCATIONS = 4_000
const MOST_WORDS = 40_000
/** A `find` with more could multiply its roots by its `-exec`s into gigabytes. */
const MOST_WORDS_OF_FIND = 1_000

/** Reads a shell text into all that it would do. Never throws; what it cannot read stands in `unreadable`. */
export function readCommand(text: string): Reading {
  const reader = new Reader()
  reader.script(text, { depth: 0, upstream: [], via: [], background: false, functions: [], placed: true })
  return reader.reading
}

/** Where a piece of script stands: what feeds it and what wraps it. */
interface Place {
  readonly depth: number
  readonly upstream: readonly Invocation[]
  readonly via: readonly string[]
  readonly background: boolean
  /** Bodies of the functions that enclose it; each invocation is also counted there. */
  readonly functions: readonly Invocation[][]
  /** True while offsets are offsets into the text that was judged. */
  readonly placed: boolean
}

class Reader {
  readonly #invocations: Invocation[] = []
  readonly #redirects: Redirection[] = []
  readonly #inline: InlineCode[] = []
  readonly #functions: ShellFunction[] = []
  readonly #assigned: { name: string; value: Argument }[] = []
  readonly #endless: (Span | undefined)[] = []
  readonly #unreadable: Unreadable[] = []
  #characters = 0
  #words = 0

  get reading(): Reading {
    return {
      invocations: this.#invocations,
      redirects: this.#redirects,
      inline: this.#inline,
      functions: this.#functions,
      assigned: this.#assigned,
      endlessSpawns: this.#endless,
      unreadable: this.#unreadable,
    }
  }

  /** Parses a text and reads all of it; returns the invocations it added. */
  script(text: string, place: Place): Invocation[] {
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
    this.#unreadable.push({ kind, what, span })
    return []
  }

  #visitAll(node: SyntaxNode, place: Place): Invocation[] {
    const from = this.#invocations.length
    this.#visit(node, place)
    return this.#invocations.slice(from)
  }

  #visit(node: SyntaxNode, place: Place): void {
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
        this.#children(node, { ...place, background: node.background === true })
        return
      case 'Pipeline': {
        let upstream = place.upstream
        for (const command of node.commands)
          upstream = [...upstream, ...this.#visitAll(command, { ...place, upstream })]
        return
      }
      case 'Function': {
        const body: Invocation[] = []
        this.#children(node, { ...place, functions: [...place.functions, body] })
        this.#functions.push({ name: node.name.value, body, span: spanOf(node, place) })
        return
      }
      case 'While': {
        const from = this.#invocations.length
        this.#children(node, place)
        const inside = this.#invocations.slice(from)
        const endless = inside[0] !== undefined && ['true', ':'].includes(inside[0].name)
        const waits = inside.some(({ name, via }) => via.length === 0 && /^(sleep|wait|read)$/.test(name))
        if (endless && !waits && inside.some(({ background }) => background))
          this.#endless.push(spanOf(node, place))
        return
      }
      case 'Redirect':
      case 'HereString':
        if (node.target)
          this.#redirects.push({ operator: node.operator, target: this.#argument(node.target, place) })
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

  #children(node: SyntaxNode, place: Place): void {
    forEachChild(node, (child) => this.#visit(child, place))
  }

  #command(node: Command, place: Place): void {
    if (this.#invocations.length > MOST_INVOCATIONS) {
      this.#refuse('size', `more than ${MOST_INVOCATIONS} commands`)
      return
    }
    const redirects: Redirection[] = []
    const heredocs: Argument[] = []
    for (const redirect of node.redirects) {
      if (redirect.type === 'HereDoc') {
        const substitutions = this.#substitutions(redirect.body, place)
        heredocs.push({ text: redirect.body.text, literal: true, opaque: false, substitutions })
      } else if (redirect.target) {
        const target = this.#argument(redirect.target, place)
        redirects.push({ operator: redirect.operator, target })
        if (redirect.operator === '<<<') heredocs.push(target)
      }
    }
    this.#redirects.push(...redirects)
    for (const part of node.prefix) if (part.type === 'Assignment') this.#assign(part, place)
    if (!node.name) return
    const words = [node.name, ...node.args].map((word) =>
      word.type === 'Assignment' ? this.#assignmentArgument(word, place) : this.#argument(word, place),
    )
    this.#invoke(words, redirects, heredocs, place, spanOf(node, place))
  }

  /** Records the program behind all wrappers, and reads every script it was given. */
  #invoke(
    words: readonly Argument[],
    redirects: readonly Redirection[],
    heredocs: readonly Argument[],
    place: Place,
    span: Span | undefined,
  ): void {
    this.#words += words.length
    if (this.#words > MOST_WORDS) {
      this.#refuse('size', `more than ${MOST_WORDS} words`)
      return
    }
    const [program, ...args] = words
    if (!program || program.text === '') return
    if (!program.literal) this.#refuse('name', program.text, span)
    // `watch 'a b'`, `flock file -c 'a b'`: one word that a wrapper hands to a shell.
    if (place.via.length > 0 && /\s/.test(program.text)) {
      this.script(program.text, { ...place, depth: place.depth + 1, placed: false })
      return
    }
    const invocation: Invocation = {
      name: program.text.slice(program.text.lastIndexOf('/') + 1),
      program,
      args,
      redirects,
      upstream: place.upstream,
      via: place.via,
      background: place.background,
      span,
    }
    this.#invocations.push(invocation)
    for (const body of place.functions) body.push(invocation)

    const inner = { ...place, depth: place.depth + 1, via: [...place.via, invocation.name], placed: false }
    if (/^(find|fd)$/.test(invocation.name) && args.length > MOST_WORDS_OF_FIND) {
      this.#refuse('size', `a find of more than ${MOST_WORDS_OF_FIND} words`, span)
      return
    }
    const wrapped = unwrap(invocation)
    for (const command of wrapped) {
      if (inner.depth > DEEPEST) {
        this.#refuse('depth', `commands wrapped deeper than ${DEEPEST}`, span)
        return
      }
      this.#invoke(command, redirects, heredocs, inner, span)
    }
    if (wrapped.length > 0) return

    const found = embedded(invocation, heredocs)
    for (const script of found.scripts) {
      if (script.opaque) this.#refuse('script', script.text, span)
      this.script(script.text, inner)
    }
    for (const code of found.inline) this.#inline.push({ ...code, span })
    for (const text of found.guesses) this.#guess(text, inner)
  }

  /** Reads a text that may or may not be shell: what does not parse is no objection. */
  #guess(text: string, place: Place): void {
    const before = this.#unreadable.length
    this.script(text, place)
    this.#unreadable.length = before
  }

  #assign(node: Assignment, place: Place): void {
    const words = node.value.type === 'ArrayValue' ? node.value.elements : [node.value]
    for (const word of words) {
      const value = this.#argument(word, place)
      this.#assigned.push({ name: node.name, value })
      // These variables hold a command that another program runs later.
      if (
        /^(BASH_ENV|ENV|PROMPT_COMMAND|GIT_(SSH_COMMAND|EXTERNAL_DIFF|EDITOR|PAGER|ASKPASS))$/.test(node.name)
      )
        this.#guess(value.text, { ...place, depth: place.depth + 1, placed: false })
    }
  }

  #assignmentArgument(node: Assignment, place: Place): Argument {
    this.#assign(node, place)
    return node.value.type === 'ArrayValue'
      ? literalArgument(node.text)
      : { ...this.#argument(node.value, place), text: node.text }
  }

  #argument(word: Word, place: Place): Argument {
    const substitutions = this.#substitutions(word, place)
    const shape = shapeOf(word.parts ?? [])
    return { text: plainHome(word.value), substitutions, ...shape }
  }

  #substitutions(node: SyntaxNode, place: Place): Invocation[] {
    const from = this.#invocations.length
    this.#children(node, { ...place, upstream: [] })
    return this.#invocations.slice(from)
  }
}

interface PartShape {
  readonly type: string
  readonly text: string
  readonly parts?: readonly PartShape[] | undefined
}

/** `$HOME` and `$PWD` are read as what they are; any other expansion hides its value. */
function shapeOf(parts: readonly PartShape[]): { literal: boolean; opaque: boolean } {
  let literal = true
  let opaque = false
  for (const part of parts) {
    if (/^\$\{?(HOME|PWD)\}?$/.test(part.text)) continue
    if (['Literal', 'SingleQuoted', 'AnsiCQuoted'].includes(part.type)) continue
    if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') {
      const inner = shapeOf(part.parts ?? [])
      literal &&= inner.literal
      opaque ||= inner.opaque
      continue
    }
    literal = false
    if (part.type !== 'Glob' && part.type !== 'ExtendedGlob' && part.type !== 'BraceExpansion') opaque = true
  }
  return { literal, opaque }
}

function plainHome(text: string): string {
  return text.replace(/\$\{?HOME\}?(?![A-Za-z0-9_])/g, '~').replace(/\$\{?PWD\}?(?![A-Za-z0-9_])/g, '.')
}

function spanOf(node: { pos: number; end: number }, place: Place): Span | undefined {
  return place.placed ? { start: node.pos, end: node.end } : undefined
}
