import { posix } from 'node:path'
import picomatch from 'picomatch'
import type { Argument, Invocation, Reading, Redirection } from './reading.ts'
import { operands, optionValues } from './reading.ts'

/** Which part of the machine a path names. `unknown` when the shell would still change it. */
export type PlaceOf =
  | { readonly kind: 'workspace'; readonly path: string }
  | { readonly kind: 'temporary' | 'cache' | 'home' | 'system' | 'device' | 'unknown'; readonly path: string }

/** Says where a path lies, as the shell would see it from the workspace. */
export function placeOf(argument: Argument, workspace: string): PlaceOf {
  const text = argument.text
  if (text.includes('{') && !argument.literal && /[{,](\/|~|\.\.)|\/\.\.|^\{/.test(text))
    return { kind: 'unknown', path: text }
  if (/^~[^/]*(\/|$)/.test(text)) {
    if (/^~\/\.(cache|npm|pnpm-store|cargo\/registry|gradle\/caches)\/./.test(text) && !text.includes('..'))
      return { kind: 'cache', path: text }
    return { kind: 'home', path: text }
  }
  if (argument.opaque && /^\$|^["']?\/?\$|^`|^$/.test(text)) return { kind: 'unknown', path: text }
  const absolute = posix.resolve(workspace, text)
  const path = posix.relative(workspace, absolute)
  if (path !== '..' && !path.startsWith('../')) return { kind: 'workspace', path }
  if (/^(\/tmp|\/var\/tmp|\/dev\/shm)\/./.test(absolute)) return { kind: 'temporary', path: absolute }
  if (/^\/dev\/(null|stdout|stderr|stdin|tty|zero|full|u?random|fd(\/|$))/.test(absolute))
    return { kind: 'temporary', path: absolute }
  if (absolute.startsWith('/dev/')) return { kind: 'device', path: absolute }
  return { kind: /^\/(root|home)(\/|$)/.test(absolute) ? 'home' : 'system', path: absolute }
}

/** Every word that some command would write to: redirections, `tee`, copies, in-place edits. */
export function writtenTo(reading: Reading): Argument[] {
  return [
    ...reading.redirects.filter(writes).map(({ target }) => target),
    ...reading.invocations.flatMap(targets),
  ]
}

function writes({ operator, target }: Redirection): boolean {
  return /^(>|>>|>\||<>|&>|&>>)$/.test(operator) || (operator === '>&' && !/^(\d+|-)$/.test(target.text))
}

function targets({ name, args }: Invocation): readonly Argument[] {
  switch (name) {
    case 'tee':
      return operands(args)
    case 'cp':
    case 'mv':
    case 'ln':
    case 'install':
      return [...operands(args).slice(-1), ...optionValues(args, '-t', '--target-directory')]
    case 'sed':
    case 'perl':
      return args.some(({ text }) => /^(-[a-zA-Z]*i|--in-place)/.test(text)) ? operands(args).slice(1) : []
    case 'dd':
      return args.flatMap((word) =>
        word.text.startsWith('of=') ? [{ ...word, text: word.text.slice(3) }] : [],
      )
    case 'touch':
    case 'truncate':
    case 'chmod':
    case 'chown':
      return operands(args)
    case 'curl':
      return optionValues(args, '-o', '--output')
    case 'wget':
      return optionValues(args, '-O', '--output-document')
    default:
      return []
  }
}

/** Words that a program opens as files or reads as addresses; texts it only prints or searches for are left out. */
export function namedThings(reading: Reading): Argument[] {
  return [
    ...reading.redirects.map(({ target }) => target),
    ...reading.assigned.map(({ value }) => value),
    ...reading.invocations.flatMap(read),
  ]
}

function read({ name, args }: Invocation): readonly Argument[] {
  switch (name) {
    case 'echo':
    case 'printf':
      return []
    case 'grep':
    case 'egrep':
    case 'fgrep':
    case 'rg':
    case 'ag': {
      const given = [...optionValues(args, '-e', '--regexp'), ...optionValues(args, '-f', '--file')]
      const patterns = new Set(given.length > 0 ? given : operands(args).slice(0, 1))
      return [...args.filter((word) => !patterns.has(word)), ...optionValues(args, '-f', '--file')]
    }
    case 'git': {
      const messages = new Set(optionValues(args, '-m', '--message').map(({ text }) => text))
      return args.filter(({ text }) => !messages.has(text))
    }
    default:
      return args
  }
}

/** True when a word with a glob would match the path. A word without one matches by its text alone. */
export function couldName(argument: Argument, path: string): boolean {
  if (argument.text === path) return true
  if (argument.literal || argument.text.length > 512 || !/[*?[{]/.test(argument.text)) return false
  try {
    return picomatch.isMatch(path, argument.text, { dot: true })
  } catch {
    return true
  }
}
