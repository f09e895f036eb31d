import type { Argument, InlineCode, Invocation } from './reading.ts'
import { operands } from './reading.ts'

const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh', 'fish', 'rbash'])

/** Interpreters and the options that carry a program: `python -c`, `node -e`. */
const INTERPRETERS: readonly [RegExp, readonly string[]][] = [
  [/^(python|pypy)[0-9.]*$/, ['-c']],
  [/^(node|nodejs|bun|deno|tsx)$/, ['-e', '-p', '-pe', '--eval', '--print', 'eval']],
  [/^perl[0-9.]*$/, ['-e', '-E', '-ne', '-pe', '-le', '-lne', '-nle', '-MIO']],
  [/^ruby[0-9.]*$/, ['-e', '-rsocket', '-ne', '-pe']],
  [/^php[0-9.]*$/, ['-r', '-B', '-R']],
  [/^lua(jit)?[0-9.]*$/, ['-e']],
  [/^(Rscript|osascript|tclsh|expect|groovy|julia|elixir|ghci?)$/, ['-e', '-c', '--eval']],
]

export function isShell(name: string): boolean {
  return SHELLS.has(name)
}

export function isInterpreter(name: string): boolean {
  return isShell(name) || INTERPRETERS.some(([pattern]) => pattern.test(name))
}

/** True when a program would take its program text from standard input. */
export function readsProgramFromInput(invocation: Invocation): boolean {
  if (!isInterpreter(invocation.name)) return false
  const words = invocation.args.map(({ text }) => text)
  if (isShell(invocation.name)) {
    if (words.some((word) => /^-[a-z]*s[a-z]*$/.test(word))) return true
    if (words.some((word) => /^-[a-z]*c[a-z]*$/.test(word))) return false
  } else if (
    words.some((word) => /^-(m|c|e|p|pe|ne|r|-eval|-print|-version|V|v)/.test(word) || word === '--test')
  )
    return false
  const script = operands(invocation.args)[0]
  return script === undefined || script.text === '-' || script.text === '/dev/stdin'
}

export interface Embedded {
  /** Shell texts that would run. */
  readonly scripts: readonly Argument[]
  readonly inline: readonly InlineCode[]
  /** Texts that are probably shell: read for what they name, not refused when they do not parse. */
  readonly guesses: readonly string[]
}

/** Finds the scripts that stand inside the words or the here-documents of one command. */
export function embedded(invocation: Invocation, heredocs: readonly Argument[]): Embedded {
  const scripts = shellTexts(invocation)
  const inline = inlineCode(invocation)
  if (readsProgramFromInput(invocation)) {
    if (isShell(invocation.name)) scripts.push(...heredocs)
    else inline.push(...heredocs.map(({ text }) => ({ interpreter: invocation.name, code: text })))
  }
  return { scripts, inline, guesses: inline.flatMap(({ code }) => calledCommands(code)) }
}

function shellTexts({ name, args }: Invocation): Argument[] {
  if (isShell(name) || name === 'su' || name === 'script' || name === 'runuser')
    return afterOption(args, /^-[a-zA-Z]*c$|^--command$/)
  switch (name) {
    case 'eval':
      return args.length > 0 ? [joined(args)] : []
    case 'trap':
      return args.length > 1 ? args.slice(0, 1) : []
    case 'alias':
      return args.flatMap((word) => {
        const [, body] = /^[^=]+=([\s\S]*)$/.exec(word.text) ?? []
        return body === undefined ? [] : [{ ...word, text: body.replace(/^(['"])([\s\S]*)\1$/, '$2') }]
      })
    case 'env':
      return [
        ...afterOption(args, /^(-S|--split-string)$/),
        ...attached(args, /^(?:-S|--split-string=)([\s\S]+)$/),
      ]
    default:
      return []
  }
}

function inlineCode({ name, args }: Invocation): InlineCode[] {
  if (/^[gmn]?awk$/.test(name)) {
    const program = operands(args)[0]
    return program ? [{ interpreter: 'awk', code: program.text }] : []
  }
  const options = INTERPRETERS.find(([pattern]) => pattern.test(name))?.[1]
  if (!options) return []
  const codes = args.flatMap((word, index) => {
    if (options.includes(word.text)) return [args[index + 1]?.text ?? '']
    const option = options.find((candidate) => candidate.length === 2 && word.text.startsWith(candidate))
    return option && !word.text.startsWith('--') ? [word.text.slice(2)] : []
  })
  return codes.filter(Boolean).map((code) => ({ interpreter: name, code }))
}

/** The command texts that code hands to a shell: `os.system("…")`, `execSync('…')`. */
function calledCommands(code: string): string[] {
  const calls =
    /\b(?:system|popen2?|exec|execSync|spawn|spawnSync|run|call|check_call|check_output|Popen|shell_exec|passthru)\s*\(\s*(?:\[\s*)?(["'`])((?:\\.|(?!\1)[^\\])*)\1/g
  return [...code.matchAll(calls)].map((match) => match[2] ?? '').slice(0, 50)
}

function afterOption(args: readonly Argument[], option: RegExp): Argument[] {
  const index = args.findIndex(({ text }) => option.test(text))
  const value = index < 0 ? undefined : args[index + 1]
  return value ? [value] : []
}

function attached(args: readonly Argument[], option: RegExp): Argument[] {
  return args.flatMap((word) => {
    const text = option.exec(word.text)?.[1]
    return text ? [{ ...word, text }] : []
  })
}

function joined(args: readonly Argument[]): Argument {
  return {
    text: args.map(({ text }) => text).join(' '),
    literal: args.every(({ literal }) => literal),
    opaque: args.some(({ opaque }) => opaque),
    substitutions: args.flatMap(({ substitutions }) => substitutions),
  }
}
