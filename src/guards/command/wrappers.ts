import type { Argument, Invocation } from './reading.ts'
import { literalArgument } from './reading.ts'

/** How a program that runs another program takes its own words. */
interface Wrapper {
  /** Options that take the next word. */
  readonly valued: readonly string[]
  /** Words of its own before the command: `timeout 5 …` has one. */
  readonly operands?: number
  /** `NAME=value` words may stand before the command. */
  readonly assignments?: boolean
  /** The command follows one of these subcommands: `poetry run …`. */
  readonly subcommands?: readonly string[]
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: {
    valued: ['-u', '-g', '-h', '-p', '-C', '-r', '-t', '-T', '-U', '-D', '-R', '--user', '--group'],
    assignments: true,
  },
  doas: { valued: ['-u', '-C'] },
  pkexec: { valued: ['--user'] },
  run0: { valued: ['-u', '--user'] },
  env: { valued: ['-u', '-C', '--unset', '--chdir'], assignments: true },
  nohup: { valued: [] },
  setsid: { valued: [] },
  time: { valued: ['-f', '-o'] },
  nice: { valued: ['-n'] },
  ionice: { valued: ['-c', '-n', '-p'] },
  chrt: { valued: ['-T', '-P', '-D'], operands: 1 },
  taskset: { valued: [], operands: 1 },
  stdbuf: { valued: ['-i', '-o', '-e'] },
  timeout: { valued: ['-s', '-k', '--signal', '--kill-after'], operands: 1 },
  command: { valued: [] },
  builtin: { valued: [] },
  exec: { valued: ['-a'] },
  coproc: { valued: [] },
  xargs: {
    valued: [
      '-I',
      '-n',
      '-P',
      '-L',
      '-d',
      '-E',
      '-s',
      '-a',
      '--max-args',
      '--max-procs',
      '--arg-file',
      '--delimiter',
      '--replace',
    ],
  },
  parallel: { valued: ['-j', '-I', '-N', '-n', '--jobs'] },
  strace: { valued: ['-o', '-e', '-p', '-s', '-u'] },
  ltrace: { valued: ['-o', '-e', '-p', '-s', '-u'] },
  watch: { valued: ['-n', '--interval'] },
  flock: { valued: ['-w', '-E', '--timeout'], operands: 1 },
  chroot: { valued: [], operands: 1 },
  unshare: { valued: ['-S', '-G', '-R', '-w'] },
  nsenter: { valued: ['-t', '-S', '-G', '--target'] },
  busybox: { valued: [] },
  toybox: { valued: [] },
  caffeinate: { valued: ['-t', '-w'] },
  proot: { valued: ['-r', '-b', '-w'] },
  fakeroot: { valued: ['-l', '-s', '-i'] },
  poetry: { valued: ['-C', '--directory'], subcommands: ['run'] },
  pipenv: { valued: [], subcommands: ['run'] },
  uv: { valued: ['--with', '-p', '--python', '--directory'], subcommands: ['run'] },
  bundle: { valued: [], subcommands: ['exec'] },
  npx: { valued: ['-p', '--package'] },
  direnv: { valued: [], operands: 1, subcommands: ['exec'] },
}

/** The commands this one runs for somebody else, as words; empty when it is not a wrapper. */
export function unwrap(invocation: Invocation): (readonly Argument[])[] {
  if (invocation.name === 'find' || invocation.name === 'fd') return findCommands(invocation.args)
  const wrapper = Object.hasOwn(WRAPPERS, invocation.name) ? WRAPPERS[invocation.name] : undefined
  if (!wrapper) return []
  const command = commandAfter(wrapper, invocation.args)
  if (command.length === 0) return []
  return [invocation.name === 'xargs' ? withInput(invocation, command) : command]
}

function commandAfter(wrapper: Wrapper, args: readonly Argument[]): readonly Argument[] {
  let skip = wrapper.operands ?? 0
  let subcommand = wrapper.subcommands !== undefined
  for (let index = 0; index < args.length; index++) {
    const text = args[index]?.text ?? ''
    if (text === '--') continue
    if (text.startsWith('-') && text.length > 1) {
      if (wrapper.valued.includes(text)) index++
    } else if (wrapper.assignments && /^[A-Za-z_][A-Za-z0-9_]*=/.test(text)) {
    } else if (subcommand) {
      if (!wrapper.subcommands?.includes(text)) return []
      subcommand = false
    } else if (skip > 0) {
      skip--
    } else {
      return args.slice(index)
    }
  }
  return []
}

/**
 * `xargs` appends what it reads. When that comes from `find`, its roots stand for it; otherwise nobody can tell,
 * and the word is opaque.
 */
function withInput(invocation: Invocation, command: readonly Argument[]): readonly Argument[] {
  const source = invocation.upstream[0]
  if (source && (source.name === 'find' || source.name === 'fd'))
    return [...command, ...findRoots(source.args).map(below)]
  if (source?.name === 'git' || source?.name === 'ls' || source?.name === 'grep' || source?.name === 'rg') {
    const absolute = source.args.filter(({ text }) => /^[/~]|\.\./.test(text))
    return [...command, ...(absolute.length > 0 ? absolute.map(below) : [literalArgument('./listed')])]
  }
  return [...command, { text: '', literal: false, opaque: true, substitutions: [] }]
}

function findCommands(args: readonly Argument[]): (readonly Argument[])[] {
  const roots = findRoots(args).map(below)
  const commands: (readonly Argument[])[] = []
  for (let index = 0; index < args.length; index++) {
    if (!/^(-exec|-execdir|-ok|-okdir|-x|--exec|-X|--exec-batch)$/.test(args[index]?.text ?? '')) continue
    const rest = args.slice(index + 1)
    const end = rest.findIndex(({ text }) => text === ';' || text === '+')
    const words = end < 0 ? rest : rest.slice(0, end)
    commands.push(words.flatMap((word) => (word.text === '{}' ? roots : [word])))
    index += words.length
  }
  return commands
}

/** The directories a `find` starts from; the current one unless named. */
export function findRoots(args: readonly Argument[]): readonly Argument[] {
  const from = args.findIndex(({ text }) => !/^-([HLP]|D|O\d?)$/.test(text))
  const words = from < 0 ? [] : args.slice(from)
  const end = words.findIndex(({ text }) => /^[-(!]/.test(text))
  const roots = end < 0 ? words : words.slice(0, end)
  return roots.length > 0 ? roots : [literalArgument('.')]
}

function below(root: Argument): Argument {
  return { ...root, text: root.text.endsWith('/') ? `${root.text}found` : `${root.text}/found` }
}
