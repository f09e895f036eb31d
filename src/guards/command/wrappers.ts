import type { Argument, Invocation } from './reading.ts'
import { literalArgument, operands, optionValues } from './reading.ts'
import { staticOutput } from './static-output.ts'

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
  /** The word right after the subcommand must be one of these: `git bisect run …`. */
  readonly after?: string
  /** Only what follows this word is a command: `gdb --args …`. */
  readonly onlyAfter?: string
}

/** `name: options that take a value | other properties`, one line each; the manuals of the programs are the source. */
const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  sudo: {
    valued: words('-u -g -h -p -C -r -t -T -U -D -R --user --group --prompt --host --chdir'),
    assignments: true,
  },
  doas: { valued: words('-u -C') },
  pkexec: { valued: words('--user') },
  run0: { valued: words('-u --user') },
  gosu: { valued: [], operands: 1 },
  'su-exec': { valued: [], operands: 1 },
  setpriv: { valued: [] },
  runuser: { valued: words('-g -G'), onlyAfter: '--' },
  capsh: { valued: [], onlyAfter: '==' },
  env: { valued: words('-u -C --unset --chdir'), assignments: true },
  'cross-env': { valued: [], assignments: true },
  'cross-env-shell': { valued: [], assignments: true },
  dotenv: { valued: words('-e -f') },
  nohup: { valued: [] },
  setsid: { valued: [] },
  time: { valued: words('-f -o') },
  multitime: { valued: words('-n') },
  hyperfine: { valued: words('-w -r -m -M -p -c -n --warmup --runs') },
  nice: { valued: words('-n') },
  ionice: { valued: words('-c -n -p') },
  chrt: { valued: words('-T -P -D'), operands: 1 },
  taskset: { valued: [], operands: 1 },
  numactl: { valued: [] },
  prlimit: { valued: [] },
  choom: { valued: words('-n -p') },
  cpulimit: { valued: words('-l -p -e') },
  softlimit: { valued: words('-m -d -s -l -a -o -p') },
  stdbuf: { valued: words('-i -o -e') },
  timeout: { valued: words('-s -k --signal --kill-after'), operands: 1 },
  gtimeout: { valued: words('-s -k --signal --kill-after'), operands: 1 },
  command: { valued: [] },
  builtin: { valued: [] },
  exec: { valued: words('-a') },
  coproc: { valued: [] },
  setarch: { valued: [], operands: 1 },
  linux32: { valued: [] },
  linux64: { valued: [] },
  'aa-exec': { valued: words('-p -n --profile') },
  logsave: { valued: [], operands: 1 },
  rlwrap: { valued: words('-H -f -C -s') },
  unbuffer: { valued: [] },
  winpty: { valued: [] },
  catchsegv: { valued: [] },
  tini: { valued: [] },
  'dumb-init': { valued: [] },
  'xvfb-run': { valued: words('-s -n -e -f -w -p') },
  'dbus-run-session': { valued: [] },
  'dbus-launch': { valued: [] },
  'ssh-agent': { valued: words('-a -t -E -P') },
  sshpass: { valued: words('-p -f -d -P') },
  'systemd-run': { valued: words('-p -u --unit --on-calendar --on-active --uid --slice -M') },
  'systemd-inhibit': { valued: [] },
  'start-stop-daemon': {
    valued: words('-n -p -u -c -d -k --name --pidfile --user --chuid --chdir'),
    onlyAfter: '--',
  },
  proxychains: { valued: words('-f') },
  proxychains4: { valued: words('-f') },
  torsocks: { valued: [] },
  torify: { valued: [] },
  faketime: { valued: words('-f'), operands: 1 },
  eatmydata: { valued: [] },
  entr: { valued: [] },
  xargs: {
    valued: words('-I -J -n -P -L -d -E -s -a --max-args --max-procs --arg-file --delimiter --replace'),
  },
  parallel: { valued: words('-j -I -N -n --jobs --colsep -a') },
  strace: { valued: words('-o -e -p -s -u -O -P') },
  ltrace: { valued: words('-o -e -p -s -u') },
  valgrind: { valued: [] },
  perf: { valued: words('-e -o -F -r'), subcommands: ['stat', 'record', 'trace'] },
  gdb: { valued: words('-ex -x -iex -p'), onlyAfter: '--args' },
  watch: { valued: words('-n --interval') },
  flock: { valued: words('-w -E --timeout'), operands: 1 },
  chroot: { valued: words('-u'), operands: 1 },
  unshare: { valued: words('-S -G -R -w') },
  nsenter: { valued: words('-t -S -G --target') },
  ip: { valued: words('-n'), operands: 2, subcommands: ['netns'], after: 'exec' },
  busybox: { valued: [] },
  // `$(shell …)` of a makefile.
  shell: { valued: [] },
  toybox: { valued: [] },
  caffeinate: { valued: words('-t -w') },
  proot: { valued: words('-r -b -w') },
  fakeroot: { valued: words('-l -s -i') },
  poetry: { valued: words('-C --directory'), subcommands: ['run'] },
  pipenv: { valued: [], subcommands: ['run'] },
  uv: { valued: words('--with -p --python --directory'), subcommands: ['run'] },
  bundle: { valued: [], subcommands: ['exec'] },
  bundler: { valued: [], subcommands: ['exec'] },
  npx: { valued: words('-p --package -c --call') },
  npm: { valued: words('-c --call -w'), subcommands: ['exec'] },
  yarn: { valued: [], subcommands: ['exec'] },
  pnpm: { valued: [], subcommands: ['exec'] },
  direnv: { valued: [], operands: 1, subcommands: ['exec'] },
  git: { valued: words('-C -c'), operands: 1, subcommands: ['bisect', 'submodule'], after: 'run foreach' },
}

function words(text: string): readonly string[] {
  return text.split(' ')
}

/** The commands this one runs for somebody else, as words; empty when it is not a wrapper. */
export function unwrap(invocation: Invocation): (readonly Argument[])[] {
  if (invocation.name === 'find' || invocation.name === 'fd') return findCommands(invocation.args)
  if (/^(python|pypy)[0-9.]*$/.test(invocation.name)) return moduleRun(invocation.args)
  if (/^ld(-linux[\w.-]*)?\.so(\.\d)?$/.test(invocation.name))
    return [operands(invocation.args)].filter((command) => command.length > 0)
  const wrapper = Object.hasOwn(WRAPPERS, invocation.name) ? WRAPPERS[invocation.name] : undefined
  if (!wrapper) return []
  const command = commandAfter(wrapper, invocation.args)
  if (command.length === 0) return []
  return [invocation.name === 'xargs' ? withInput(invocation, command) : command]
}

/** `python3 -m twine upload` is `twine upload`. */
function moduleRun(args: readonly Argument[]): (readonly Argument[])[] {
  const at = args.findIndex(({ text }) => text === '-m')
  return at < 0 || at > 4 || args.length === at + 1 ? [] : [args.slice(at + 1)]
}

function commandAfter(wrapper: Wrapper, args: readonly Argument[]): readonly Argument[] {
  if (wrapper.onlyAfter !== undefined) {
    const from = args.findIndex(({ text }) => text === wrapper.onlyAfter)
    return from < 0 ? [] : args.slice(from + 1)
  }
  if (wrapper.after !== undefined && !wrapper.after.split(' ').includes(operands(args)[1]?.text ?? ''))
    return []
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
 * `xargs` appends what it reads. When that comes from a listing, its roots stand for it; otherwise nobody can tell, and the
 * word is opaque.
 */
function withInput(invocation: Invocation, command: readonly Argument[]): readonly Argument[] {
  const placeholder = optionValues(invocation.args, '-I', '--replace')[0]?.text
  const read = inputWords(invocation, placeholder !== undefined)
  if (placeholder === undefined || placeholder === '') return [...command, ...read]
  return command.flatMap((word) => {
    if (word.text === placeholder) return read
    const [first] = read
    if (!word.text.includes(placeholder) || !first) return [word]
    return [
      {
        ...word,
        text: word.text.replaceAll(placeholder, first.text),
        opaque: first.opaque,
        literal: false,
        substitutions: first.substitutions,
      },
    ]
  })
}

function inputWords({ upstream, input }: Invocation, wholeLines: boolean): readonly Argument[] {
  const source = upstream[0]
  const known = input.at(-1)?.text ?? staticOutput(upstream)
  if (known !== undefined && known.length < 4_096)
    return known
      .split(wholeLines ? '\n' : /\s/)
      .filter(Boolean)
      .slice(0, 32)
      .map(literalArgument)
  if (source && (source.name === 'find' || source.name === 'fd'))
    return findRoots(source.args).map((root) => below(root, isPicked(source.args)))
  if (source && /^(git|ls|grep|rg|ag|egrep|cat|echo|seq|jq|cut|sort)$/.test(source.name)) {
    const absolute = source.name === 'ls' ? source.args.filter(({ text }) => /^[/~]|\.\./.test(text)) : []
    return absolute.length > 0
      ? absolute.map((root) => below(root, true))
      : [{ ...literalArgument('./listed'), substitutions: upstream }]
  }
  return [{ text: '', literal: false, opaque: true, substitutions: upstream }]
}

function findCommands(args: readonly Argument[]): (readonly Argument[])[] {
  const roots = findRoots(args).map((root) => below(root, isPicked(args)))
  const commands: (readonly Argument[])[] = []
  for (let index = 0; index < args.length; index++) {
    if (!/^(-exec|-execdir|-ok|-okdir|-x|--exec|-X|--exec-batch)$/.test(args[index]?.text ?? '')) continue
    const rest = args.slice(index + 1)
    const end = rest.findIndex(({ text }) => text === ';' || text === '+')
    const words = end < 0 ? rest : rest.slice(0, end)
    const [program, ...given] = words
    // `-exec {} \\;` runs whatever is found.
    const first = program?.text === '{}' ? { ...program, literal: false, opaque: true } : program
    if (first) commands.push([first, ...given.flatMap((word) => (word.text === '{}' ? roots : [word]))])
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

/** True when a `find` names what it looks for, by name, age, size or owner; a type alone is everything. */
export function isPicked(args: readonly Argument[]): boolean {
  return args.some(({ text }) =>
    /^-(i?l?name|i?path|i?wholename|i?regex|[acm](min|time)|[ac]?newer\w*|size|empty|user|group|nouser|perm|xtype|inum|links|samefile)$/.test(
      text,
    ),
  )
}

/** Stands for what a `find` finds: one entry of many, or all of them. */
function below(root: Argument, picked: boolean): Argument {
  const name = picked ? 'found' : '*'
  return { ...root, text: root.text.endsWith('/') ? `${root.text}${name}` : `${root.text}/${name}` }
}
