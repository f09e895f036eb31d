import { languageOf } from './code/analyse.ts'
import type { Argument, Invocation } from './reading.ts'
import { operands, optionValues } from './reading.ts'
import { ownCommands, spawnedTexts } from './spawning.ts'
import { staticOutput } from './static-output.ts'

const SHELLS = new Set(
  'sh bash dash ash zsh ksh ksh93 mksh fish rbash csh tcsh elvish yash busybox-sh'.split(' '),
)

/** Interpreters and the options that carry a program: `python -c`, `node -e`. */
const INTERPRETERS: readonly [RegExp, readonly string[]][] = [
  [/^(python|pypy|jython|ipython)[0-9.]*$/, ['-c']],
  [/^(node|nodejs|bun|deno|tsx|ts-node)$/, ['-e', '-p', '-pe', '--eval', '--print', 'eval']],
  [/^perl[0-9.]*$/, ['-e', '-E']],
  [/^(ruby|jruby|irb|pry)[0-9.]*$/, ['-e']],
  [/^php[0-9.]*$/, ['-r', '-B', '-R', '-E']],
  [/^(lua|luajit|texlua)[0-9.]*$/, ['-e']],
  [/^(pwsh|powershell)(\.exe)?$/, ['-c', '-command', '-Command']],
  [
    /^(Rscript|R|osascript|tclsh|wish|expect|groovy|julia|elixir|ghci?|runghc|jrunscript|jjs|scala|octave|octave-cli|slsh|gimp|emacs|emacsclient|guile|sbcl|clisp|swipl|erl|iex|mongo|mongosh|raku|jshell)$/,
    ['-e', '-c', '--eval', '-eval', '--execute', '-b', '-g', '--no-save'],
  ],
]

export function isShell(name: string): boolean {
  return SHELLS.has(name)
}

export function isInterpreter(name: string): boolean {
  return isShell(name) || INTERPRETERS.some(([pattern]) => pattern.test(name))
}

/** True when a program would take its program text from standard input. */
export function readsProgramFromInput({ name, args }: Invocation): boolean {
  if (!isInterpreter(name)) return false
  const words = args.map(({ text }) => text)
  if (isShell(name)) {
    if (words.some((word) => isBundle(word) && word.includes('s'))) return true
    if (words.some((word) => isBundle(word) && word.includes('c'))) return false
  } else if (words.some((word) => PROGRAM_GIVEN.test(word) || word === '--test')) return false
  const script = operands(args)[0]
  return script === undefined || script.text === '-' || script.text === '/dev/stdin'
}

const PROGRAM_GIVEN = /^-([mcepEnrgbB]|[a-z]*e$|-?eval|-print|-batch|-version|-help|V|v)/

/** A shell of its own, taking its commands from whoever types. */
export function isInteractiveShell(invocation: Invocation): boolean {
  const { name, args, input, redirects, upstream } = invocation
  if (!isShell(name) || input.length > 0 || upstream.length > 0) return false
  if (
    redirects.some(
      ({ operator, target }) => operator === '<' && !/^\/dev\/(tty|pts)|^\$\(tty\)/.test(target.text),
    )
  )
    return false
  if (args.some(({ text }) => /^--?(version|help|n)$/.test(text) || (isBundle(text) && /c/.test(text))))
    return false
  return operands(args).length === 0
}

function isBundle(word: string): boolean {
  return /^[-+][a-zA-Z]+$/.test(word)
}

interface Script {
  readonly text: string
  /** How the word that holds it hides what it says. */
  readonly trick?: string | undefined
}

export interface Embedded {
  /** Shell texts that would run. */
  readonly scripts: readonly Script[]
  /** Texts that are probably shell: read for what they name, not refused when they do not parse. */
  readonly guesses: readonly string[]
  readonly codes: readonly { readonly interpreter: string; readonly text: string }[]
  /** A file that it runs as a program. */
  readonly runs?: string | undefined
}

/** Finds the scripts that stand inside the words, the input or the files of one command. */
export function embedded(invocation: Invocation, textOfFile: (path: string) => string | undefined): Embedded {
  const { name, program } = invocation
  const scripts: Script[] = shellTexts(invocation)
  const codes = inlineCode(invocation)
  const guesses = spawnedTexts(invocation)
  const shell = isShell(name)
  if (readsProgramFromInput(invocation)) {
    const text = inputText(invocation)
    if (text !== undefined && shell) scripts.push({ text })
    else if (text !== undefined) codes.push({ interpreter: name, text })
  }
  const runs = fileRun(invocation)
  const text = runs === undefined ? undefined : textOfFile(runs)
  if (text !== undefined) {
    if (shell || runs === program.text || name === '.' || name === 'source') guesses.push(text)
    else codes.push({ interpreter: name, text })
  }
  return { scripts, guesses, codes, runs }
}

function inputText(invocation: Invocation): string | undefined {
  const last = invocation.input.at(-1)
  if (last) return last.text
  return invocation.upstream.length > 0 ? staticOutput(invocation.upstream) : undefined
}

/** The file that a program runs: a script, or itself. */
function fileRun({ name, args, program, redirects }: Invocation): string | undefined {
  if (isInterpreter(name) || name === '.' || name === 'source') {
    const file = operands(args)[0]?.text
    return file ?? redirects.find(({ operator }) => operator === '<')?.target.text
  }
  if (name === 'go' && args[0]?.text === 'run') return operands(args)[1]?.text
  if (name === 'nmap') return optionValues(args, '--script', '--script')[0]?.text
  return program.text
}

function shellTexts({ name, args, input, environment }: Invocation): Script[] {
  if (isShell(name)) {
    const index = args.findIndex(({ text }) => text === '--command' || (isBundle(text) && text.includes('c')))
    const value = index < 0 ? undefined : args.slice(index + 1).find(({ text }) => !isBundle(text))
    return value ? [value] : []
  }
  switch (name) {
    case 'eval':
      return evaluated(args)
    case 'trap':
      return args.length > 1 && !args[0]?.text.startsWith('-') ? args.slice(0, 1) : []
    case 'alias':
      return args.flatMap(({ text }) => {
        const equals = text.indexOf('=')
        return equals < 0 ? [] : [{ text: text.slice(equals + 1) }]
      })
    case '.':
    case 'source':
      return operands(args)[0]?.text === '/dev/stdin' ? input.slice(-1) : []
    case 'env': {
      const words = [...optionValues(args, '-S', '--split-string')]
      return words.map(({ text }) => ({ text }))
    }
    case 'ssh':
      return []
    default:
      return environment.length > 0 && name === 'perl'
        ? environment.filter(({ name: one }) => one === 'PERL5DB').map(({ value }) => value)
        : []
  }
}

/** `eval "$(tool init)"` runs what an ordinary tool prints for just that; anything else that only the run shows stays a question. */
function evaluated(args: readonly Argument[]): Script[] {
  const [only] = args
  if (!only) return []
  const text = args.map((word) => word.text).join(' ')
  const wholly = args.length === 1 && only.opaque && /^(\$\(|`)/.test(only.text)
  const tools = only.substitutions.filter(({ upstream }) => upstream.length === 0)
  if (wholly && tools.length > 0 && only.substitutions.every(({ name }) => !PRINTERS.has(name))) return []
  return [{ text }]
}

/** Their output is whatever they are given. */
const PRINTERS = new Set(
  'echo printf cat dd read head tail sed awk tr rev base64 xxd openssl gzip zcat curl wget nc'.split(' '),
)

function inlineCode(invocation: Invocation): { interpreter: string; text: string }[] {
  const { name, args } = invocation
  if (/^([gmn]|original-|busybox-)?awk$/.test(name)) return awkPrograms(args)
  const own = ownCommands(name, args).flatMap((text) => {
    const [, language, code] =
      /^[:\s]*(py3?|python3?|pythonx|pyx|lua|perl|ruby|call|print|p)\s(.*)$/s.exec(text) ?? []
    if (language === undefined || code === undefined) return []
    return [
      { interpreter: language.startsWith('p') && language !== 'perl' ? 'python' : language, text: code },
    ]
  })
  if (own.length > 0) return own
  const rpm = name === 'rpm' || name === 'rpmquery' ? optionValues(args, '--eval', '--eval') : []
  if (rpm.length > 0) return rpm.map(({ text }) => ({ interpreter: 'lua', text }))
  const options = INTERPRETERS.find(([pattern]) => pattern.test(name))?.[1]
  if (!options || isShell(name)) return []
  return codeTexts(languageOf(name), args, options).map((text) => ({ interpreter: name, text }))
}

function codeTexts(language: string, args: readonly Argument[], options: readonly string[]): string[] {
  return args.flatMap(({ text }, index) => {
    const next = args[index + 1]?.text
    if (options.includes(text)) return next === undefined ? [] : [next]
    // `-lane`, `-rsocket -e`, `-0777 -ne`: the last letter of a bundle takes the program.
    if (
      (language === 'perl' || language === 'ruby') &&
      /^-[a-zA-Z0-9]*[eE]$/.test(text) &&
      next !== undefined
    )
      return [next]
    const attached = options.find(
      (option) => option.length === 2 && text.startsWith(option) && !text.startsWith('--'),
    )
    return attached && text.length > 2 && language !== 'other' && language !== 'powershell'
      ? [text.slice(2)]
      : []
  })
}

function awkPrograms(args: readonly Argument[]): { interpreter: string; text: string }[] {
  for (let index = 0; index < args.length; index++) {
    const text = args[index]?.text ?? ''
    if (/^-[vFfi]$/.test(text) || text === '--include') index += 1
    else if (!text.startsWith('-') || text === '--') {
      const program = text === '--' ? args[index + 1]?.text : text
      return program === undefined ? [] : [{ interpreter: 'awk', text: program }]
    }
  }
  return []
}
