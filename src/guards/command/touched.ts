import type { Argument, Invocation, Reading } from './reading.ts'
import { bundledValues, hasFlag, operands, optionValues } from './reading.ts'

/** A word that some program writes to. */
export interface WrittenWord {
  readonly target: Argument
  readonly directory?: string | undefined
  /** The program, or `redirection`. */
  readonly by: string
  /** It is emptied or replaced, not added to. */
  readonly replaces: boolean
  readonly invocation?: Invocation | undefined
}

const written = new WeakMap<Reading, readonly WrittenWord[]>()
const named = new WeakMap<Reading, readonly Argument[]>()

/** Every word that some command would write to: redirections, `tee`, copies, in-place edits. */
export function writtenTo(reading: Reading): readonly WrittenWord[] {
  let words = written.get(reading)
  if (!words) {
    const byProgram = reading.invocations.flatMap(targets)
    const known = new Set(byProgram.flatMap(({ target }) => target))
    const loose = reading.redirects
      .filter((redirect) => redirects(redirect) && !known.has(redirect.target))
      .map(({ operator, target }) => ({ target, by: 'redirection', replaces: !operator.includes('>>') }))
    words = [...byProgram, ...loose]
    written.set(reading, words)
  }
  return words
}

function redirects({ operator, target }: { operator: string; target: Argument }): boolean {
  return (
    operator === '>' ||
    operator === '>>' ||
    operator === '>|' ||
    operator === '<>' ||
    operator === '&>' ||
    operator === '&>>' ||
    (operator === '>&' && !/^(\d+-?|-)$/.test(target.text))
  )
}

function targets(invocation: Invocation): WrittenWord[] {
  const { name, directory } = invocation
  const own = programTargets(invocation).map((target) => ({
    target,
    directory,
    by: name,
    replaces: !(name === 'tee' && hasFlag(invocation.args, 'a', '--append')) && name !== 'touch',
    invocation,
  }))
  const redirected = invocation.redirects.filter(redirects).map(({ operator, target }) => ({
    target,
    directory,
    by: 'redirection',
    replaces: !operator.includes('>>'),
    invocation,
  }))
  return [...own, ...redirected]
}

function programTargets({ name, args }: Invocation): readonly Argument[] {
  switch (name) {
    case 'tee':
    case 'truncate':
    case 'chattr':
    case 'fallocate':
      return operands(args)
    case 'touch':
      return touched(args)
    case 'cp':
    case 'mv':
    case 'ln':
    case 'install':
    case 'rsync':
      return operands(args).length > 1 || name === 'ln'
        ? [...operands(args).slice(-1), ...optionValues(args, '-t', '--target-directory')]
        : []
    case 'sed':
    case 'perl':
    case 'ruby':
      return args.some(({ text }) => /^(-[a-zA-Z]{0,5}i|--in-place)/.test(text))
        ? operands(args).slice(1)
        : []
    case 'git':
      return args.flatMap((word) =>
        word.text.startsWith('--output=') ? [{ ...word, text: word.text.slice('--output='.length) }] : [],
      )
    case 'dd':
      return args.flatMap((word) =>
        word.text.startsWith('of=') ? [{ ...word, text: word.text.slice(3) }] : [],
      )
    case 'chmod':
    case 'chown':
    case 'chgrp':
      return operands(args).slice(1)
    case 'tar':
    case 'bsdtar':
      return args.some(
        ({ text }, index) =>
          (index === 0 && /^-?[a-zA-Z]*x/.test(text)) || /^-[a-zA-Z]*x|^--extract$/.test(text),
      )
        ? optionValues(args, '-C', '--directory')
        : []
    case 'unzip':
      return optionValues(args, '-d')
    case 'curl':
      return [...optionValues(args, '-o', '--output'), ...bundledValues(args, 'o')]
    case 'wget':
      return [...optionValues(args, '-O', '--output-document'), ...bundledValues(args, 'O')]
    default:
      return []
  }
}

/** `touch -r` and `-d` take a value that is no file to write. */
function touched(args: readonly Argument[]): readonly Argument[] {
  const values = new Set([
    ...optionValues(args, '-r', '--reference'),
    ...optionValues(args, '-d', '--date'),
    ...optionValues(args, '-t'),
  ])
  return operands(args).filter((word) => !values.has(word))
}

/** Words that a program opens as files or reads as addresses; texts it only prints or searches for are left out. */
export function namedThings(reading: Reading): readonly Argument[] {
  let words = named.get(reading)
  if (!words) {
    words = [
      ...reading.redirects.map(({ target }) => target),
      ...reading.assigned.map(({ value }) => value),
      ...reading.invocations.flatMap(readBy),
    ]
    named.set(reading, words)
  }
  return words
}

const SILENT = new Set('echo printf test [ [[ export alias read let expr'.split(' '))
const SEARCHERS = new Set('grep egrep fgrep rg ag ack zgrep'.split(' '))

function readBy({ name, args }: Invocation): readonly Argument[] {
  if (SILENT.has(name)) return []
  if (SEARCHERS.has(name)) return [...searched(args), ...optionValues(args, '-f', '--file')]
  if (name === 'find') {
    const end = args.findIndex(({ text }) => /^[-(!]/.test(text))
    return end < 0 ? args : args.slice(0, end)
  }
  if (name === 'sed' || name === 'awk') return operands(args).slice(1)
  if (name !== 'git') return args.flatMap(withValue)
  const messages = new Set(
    [...optionValues(args, '-m', '--message'), ...optionValues(args, '--grep', '--grep')].map(
      ({ text }) => text,
    ),
  )
  return args.filter(({ text }) => !messages.has(text) && !text.startsWith('--grep'))
}

/** The files that a `grep` looks into: without its pattern. */
export function searched(args: readonly Argument[]): readonly Argument[] {
  const given = [...optionValues(args, '-e', '--regexp'), ...optionValues(args, '-f', '--file')]
  const words = operands(args)
  return given.length > 0 ? words.filter((word) => !given.includes(word)) : words.slice(1)
}

/** `if=/dev/mem` and `--file=/etc/x` name what stands behind the sign. */
function withValue(word: Argument): readonly Argument[] {
  const [, value] = /^(?:-{0,2}[a-zA-Z][\w-]{0,40})=(.+)$/s.exec(word.text) ?? []
  return value === undefined ? [word] : [word, { ...word, text: value }]
}
