import type { ParsedScript, Word, WordPart } from 'unbash'
import { makeVariable } from './makefile.ts'
import type { Argument, Invocation } from './reading.ts'

/** What is known of variables and substitutions while words are read. */
export interface Known {
  value(name: string): string | undefined
  /** Commands whose output a variable holds. */
  sources(name: string): readonly Invocation[]
  /** Reads the commands of a substitution, and says what they would print where that can be told. */
  substitute(script: ParsedScript): {
    readonly invocations: readonly Invocation[]
    readonly output?: string | undefined
  }
}

/** Reads one word as the shell would, with everything put in that is known. */
export function argumentOf(word: Pick<Word, 'value' | 'parts'>, known: Known): Argument {
  if (word.parts === undefined) return { text: word.value, literal: true, opaque: false, substitutions: NONE }
  const draft = new Draft(known)
  for (const part of word.parts) draft.add(part, false)
  return draft.argument()
}

export const SPELLED = 'spells its letters as numbers'
export const COMPUTED = 'computes what it could say'
export const CUT_OUT = 'cuts its letters out of other variables'

/** How many plain letters and slashes a text writes as numbers: `\\x2f\\x65\\x74\\x63` is `/etc`. */
export function spelledLetters(text: string): number {
  const numbers = text.match(/\\(x[2-7][0-9a-fA-F]|u00[2-7][0-9a-fA-F]|0?[01][0-7]{2})/g) ?? []
  return numbers.filter((number) => /[A-Za-z0-9/._-]/.test(letterOf(number.slice(1)))).length
}

function letterOf(number: string): string {
  const hex = /^[xu]/.test(number)
  return String.fromCharCode(Number.parseInt(hex ? number.slice(1) : number, hex ? 16 : 8))
}

const NONE: readonly Invocation[] = []
const BLANKS = /[ \t\n]+/

/** Slices of these give single letters to build a hidden name from. */
const SLICED = new Set(['PATH', 'HOME', 'PWD', 'SHELL', 'OLDPWD', 'BASH', 'BASHOPTS', 'SHELLOPTS', 'IFS'])

class Draft {
  readonly #known: Known
  #text = ''
  #literal = true
  #opaque = false
  #split = false
  #trick: string | undefined
  #pieces = 0
  readonly #substitutions: Invocation[] = []
  readonly #variables: string[] = []

  constructor(known: Known) {
    this.#known = known
  }

  argument(): Argument {
    const fields = this.#split ? this.#fields() : undefined
    return {
      text: this.#text,
      literal: this.#literal,
      opaque: this.#opaque,
      substitutions: this.#substitutions,
      ...(fields && fields.length !== 1 && { fields }),
      ...(this.#trick !== undefined && { trick: this.#trick }),
      ...(this.#variables.length > 0 && { variables: this.#variables }),
    }
  }

  #fields(): string[] {
    const separator = this.#known.value('IFS')
    const text =
      separator === undefined
        ? this.#text
        : [...separator].reduce((all, one) => all.replaceAll(one, ' '), this.#text)
    return text.split(BLANKS).filter((field) => field !== '')
  }

  add(part: WordPart, quoted: boolean): void {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
        this.#text += part.value
        return
      case 'AnsiCQuoted':
        this.#text += part.value
        if (spelledLetters(part.text) > 2) this.#trick ??= SPELLED
        else if (/\\(x[0-9a-fA-F]|u[0-9a-fA-F]|[0-7]{2})/.test(part.text))
          this.#trick ??= 'writes its letters as numbers'
        return
      case 'DoubleQuoted':
      case 'LocaleString':
        for (const inner of part.parts) this.add(inner, true)
        return
      case 'SimpleExpansion':
        this.#variable(part.text.slice(1), part.text, quoted)
        return
      case 'ParameterExpansion':
        this.#parameter(part, quoted)
        return
      case 'CommandExpansion':
        this.#substitution(part, quoted)
        return
      case 'ProcessSubstitution': {
        this.#unknown(part.text)
        if (part.script) this.#substitutions.push(...this.#known.substitute(part.script).invocations)
        return
      }
      case 'BraceExpansion':
        this.#braces(part.text)
        return
      case 'ArithmeticExpansion':
        this.#unknown(part.text)
        return
      default:
        this.#text += part.text
        this.#literal = false
    }
  }

  #unknown(text: string): void {
    this.#text += text
    this.#literal = false
    this.#opaque = true
  }

  #put(value: string, quoted: boolean): void {
    this.#text += value
    this.#pieces += 1
    if (!quoted && BLANKS.test(value)) this.#split = true
    const separator = quoted ? undefined : this.#known.value('IFS')
    if (separator !== undefined) {
      this.#split = true
      if ([...separator].some((one) => one > ' ' && value.includes(one)))
        this.#trick ??= 'separates its words with $IFS'
    }
    if (this.#pieces > 1 && value.length <= 3) this.#trick ??= 'puts its letters together from variables'
  }

  #variable(name: string, text: string, quoted: boolean): void {
    if (name === 'IFS' && !quoted) {
      this.#text += ' '
      this.#split = true
      this.#trick ??= 'separates its words with $IFS'
      return
    }
    if (name === 'HOME') {
      this.#text += '~'
      return
    }
    if (name === 'PWD') {
      this.#text += '.'
      return
    }
    const value = this.#known.value(name)
    this.#substitutions.push(...this.#known.sources(name))
    this.#variables.push(name)
    if (value !== undefined) {
      this.#put(value, quoted)
      return
    }
    // Nobody writes `r$@m` but to hide it: the parameters of a plain text are empty.
    if (/^[@*!#-]$/.test(name) && /[A-Za-z]$/.test(this.#text)) {
      this.#trick ??= 'has an empty expansion within a word'
      this.#literal = false
      return
    }
    this.#unknown(text)
  }

  #parameter(part: Extract<WordPart, { type: 'ParameterExpansion' }>, quoted: boolean): void {
    const { parameter, operation, prefix, index } = part
    const name = index ? `${parameter}[]` : parameter
    if (prefix !== undefined) {
      this.#unknown(part.text)
      return
    }
    if (operation === undefined) {
      this.#variable(name, part.text, quoted)
      return
    }
    if (operation.type === 'Default') {
      const value = this.#known.value(name)
      if (operation.operator.endsWith('?') || operation.operator.endsWith('+')) {
        if (operation.operator.endsWith('?')) this.#variable(name, part.text, quoted)
        else this.#put(argumentOf(operation.operand, this.#known).text, quoted)
      } else if (value !== undefined) this.#put(value, quoted)
      else {
        const operand = argumentOf(operation.operand, this.#known)
        this.#variables.push(name)
        this.#text += operand.text
        this.#literal = false
        if (operand.opaque || operand.text === '') this.#opaque = true
        this.#substitutions.push(...operand.substitutions)
      }
      return
    }
    if (operation.type === 'Slice' && SLICED.has(name)) {
      this.#trick ??= CUT_OUT
      const start = operation.offset.value.trim()
      if (start === '0' && operation.length?.value === '1' && name !== 'IFS') this.#text += '/'
      else this.#unknown(part.text)
      this.#literal = false
      return
    }
    this.#substitutions.push(...this.#known.sources(name))
    this.#variables.push(name)
    this.#unknown(part.text)
  }

  #substitution(part: Extract<WordPart, { type: 'CommandExpansion' }>, quoted: boolean): void {
    if (!part.script || part.script.commands.length === 0) {
      if (this.#text !== '') this.#trick ??= 'has an empty expansion within a word'
      this.#literal = false
      return
    }
    const variable = makeVariable(part.script)
    if (variable !== undefined) {
      this.#variable(variable, `\${${variable}}`, quoted)
      return
    }
    const { invocations, output } = this.#known.substitute(part.script)
    this.#substitutions.push(...invocations)
    if (output === undefined) this.#unknown(part.text)
    else {
      this.#put(output.replace(/\n$/, ''), quoted)
      this.#trick ??= COMPUTED
    }
  }

  #braces(text: string): void {
    this.#literal = false
    if (this.#text === '' && text.includes(',') && !text.slice(1).includes('{')) {
      this.#text = text.slice(1, -1).split(',').join(' ')
      this.#split = true
      this.#trick ??= 'spells its words out in braces'
    } else this.#text += text
  }
}
