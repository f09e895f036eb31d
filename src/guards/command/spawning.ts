import type { Argument, Invocation } from './reading.ts'
import { optionValues } from './reading.ts'

/**
 * Ordinary programs that run a command they are given, and where the command stands. `*` at the end of an option means
 * that the command is the rest of that word; else it is the option's value, in the next word or after `=`.
 * The source is the manual of each program; the idea of asking what each could be told to run is that of GTFOBins.
 */
const SHELL_OPTIONS: Readonly<Record<string, string>> = {
  tar: '--checkpoint-action=exec=* -I --use-compress-program --to-command -F --info-script --new-volume-script --rsh-command',
  zip: '-TT --unzip-command',
  rsync: '-e --rsh --rsync-path',
  scp: '-S',
  man: '-P --pager -H* --html=*',
  less: '',
  tcpdump: '-z --postrotate-command',
  split: '--filter',
  script: '-c --command',
  openvpn: '--up --down --route-up --ipchange --tls-verify --auth-user-pass-verify --client-connect',
  wget: '--use-askpass',
  aria2c:
    '--on-download-error --on-download-complete --on-download-start --on-download-stop --on-bt-download-complete',
  'apt-get':
    '-oAPT::Update::Pre-Invoke::=* APT::Update::Pre-Invoke::=* APT::Update::Post-Invoke::=* DPkg::Pre-Invoke::=*',
  apt: 'APT::Update::Pre-Invoke::=* APT::Update::Post-Invoke::=* DPkg::Pre-Invoke::=*',
  mail: '--exec',
  genie: '-c',
  gem: '-e',
  nodemon: '-x --exec',
  watchexec: '',
  bpftrace: '-c',
  tmate: '-c',
  java: '-XX:OnError=* -XX:OnOutOfMemoryError=*',
  xterm: '-e',
  rxvt: '-e',
  'x-terminal-emulator': '-e',
  ansible: '-a --args',
  fzf: '--preview',
  docker: '',
  make: '',
  git: '-O* --open-files-in-pager=* -x --extcmd --exec --upload-pack --receive-pack -u --tree-filter --index-filter --msg-filter --env-filter --commit-filter --tag-name-filter --parent-filter --setup',
  find: '',
  runuser: '-c --command',
  su: '-c --command --session-command',
  sg: '-c',
  chsh: '',
  lftp: '',
  nc: '-c --sh-exec -e --exec',
  ncat: '-c --sh-exec -e --exec',
  rustcat: '-e -ie',
  npx: '-c --call',
  npm: '-c --call',
  entr: '',
  expect: '',
  fish: '-c --command -C --init-command',
  pg_basebackup: '-D',
  restic: '--password-command -r',
  borg: '--rsh',
  mutt: '',
  'start-stop-daemon': '-x --exec -S',
  csvtool: '',
  hg: '--config*',
}

/** Words of these programs are commands of their own: `vim -c ':!sh'`, `gdb -ex '!sh'`, `psql -c '\\! sh'`. */
const OWN_LANGUAGE: Readonly<
  Record<string, { readonly options: readonly string[]; readonly escapes: readonly RegExp[] }>
> = {
  editor: {
    options: ['-c', '--cmd', '+', '-S'],
    escapes: [/^[:\s]*(?:silent!?\s|sil!?\s)?!(.+)/s, /\|\s*:?!(.+)/s],
  },
  debugger: {
    options: [
      '-ex',
      '--ex',
      '-iex',
      '-eval-command',
      '--eval-command',
      '-o',
      '-O',
      '--one-line',
      '--command',
    ],
    escapes: [/^!(.+)/s, /^(?:shell|make)\s+(.+)/s, /^(?:platform|process)\s+shell\s+(.+)/s],
  },
  database: {
    options: ['-c', '--command', '-e', '--execute', '-cmd'],
    escapes: [/^\s*\\!\s*(.+)/s, /^\s*system\s+(.+)/s, /^\s*\.(?:shell|system)\s+(.+)/s],
  },
}

const OWN_LANGUAGE_OF: Readonly<Record<string, keyof typeof OWN_LANGUAGE>> = {
  vim: 'editor',
  vi: 'editor',
  nvim: 'editor',
  ex: 'editor',
  view: 'editor',
  rvim: 'editor',
  rview: 'editor',
  gvim: 'editor',
  vimdiff: 'editor',
  vimtutor: 'editor',
  gdb: 'debugger',
  lldb: 'debugger',
  cgdb: 'debugger',
  mysql: 'database',
  mariadb: 'database',
  psql: 'database',
  sqlite3: 'database',
  sqlite: 'database',
}

const parsed = new Map<string, { readonly valued: readonly string[]; readonly attached: readonly string[] }>()

/** The texts that a program would hand to a shell or start, as its options and operands say. */
export function spawnedTexts(invocation: Invocation): string[] {
  const { name, args } = invocation
  return [
    ...optionTexts(name, args),
    ...ownLanguageTexts(name, args),
    ...sshTexts(name, args),
    ...otherTexts(invocation),
  ]
}

function optionTexts(name: string, args: readonly Argument[]): string[] {
  const options = optionsOf(name)
  if (!options) return []
  return args.flatMap(({ text }, index) => {
    if (options.valued.includes(text)) return args[index + 1] ? [args[index + 1]?.text ?? ''] : []
    const whole = options.attached.find((prefix) => text.startsWith(prefix) && text.length > prefix.length)
    if (whole !== undefined) return [text.slice(whole.length)]
    const equals = text.indexOf('=')
    return equals > 0 && options.valued.includes(text.slice(0, equals)) ? [text.slice(equals + 1)] : []
  })
}

function optionsOf(name: string) {
  if (!Object.hasOwn(SHELL_OPTIONS, name)) return undefined
  let options = parsed.get(name)
  if (!options) {
    const words = (SHELL_OPTIONS[name] ?? '').split(' ').filter(Boolean)
    options = {
      valued: words.filter((word) => !word.endsWith('*')),
      attached: words.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1)),
    }
    parsed.set(name, options)
  }
  return options
}

/** The commands given to an editor, a debugger or a database client. */
export function ownCommands(name: string, args: readonly Argument[]): string[] {
  const kind = Object.hasOwn(OWN_LANGUAGE_OF, name) ? OWN_LANGUAGE_OF[name] : undefined
  const language = kind === undefined ? undefined : OWN_LANGUAGE[kind]
  if (!language) return []
  const given = args.flatMap(({ text }, index) => {
    if (language.options.includes(text)) return args[index + 1] ? [args[index + 1]?.text ?? ''] : []
    if (kind === 'editor' && text.startsWith('+')) return [text.slice(1)]
    if (kind === 'database' && /^[.\\]/.test(text)) return [text]
    return kind === 'database' && text.startsWith('-e') ? [text.slice(2)] : []
  })
  return given.map((text) => text.slice(0, 4_096))
}

function ownLanguageTexts(name: string, args: readonly Argument[]): string[] {
  const kind = Object.hasOwn(OWN_LANGUAGE_OF, name) ? OWN_LANGUAGE_OF[name] : undefined
  if (kind === undefined) return []
  const escapes = OWN_LANGUAGE[kind]?.escapes ?? []
  return ownCommands(name, args).flatMap((text) => {
    if (kind === 'editor' && /(^|\|)\s*:?(shell|sh|terminal|term)\s*$/.test(text)) return ['sh']
    if (kind === 'database' && /\bfrom\s+program\b/i.test(text)) return [/'([^']*)'/.exec(text)?.[1] ?? 'sh']
    return escapes.flatMap((pattern) => pattern.exec(text)?.[1] ?? [])
  })
}

/** `-o ProxyCommand=…` and what ssh would run at the other end. */
function sshTexts(name: string, args: readonly Argument[]): string[] {
  if (!/^(ssh|scp|sftp|sshfs|autossh|mosh|check_by_ssh|ssh-keyscan)$/.test(name)) return []
  const settings = optionValues(args, '-o').flatMap(({ text }) => {
    const [, command] =
      /^\s*(?:ProxyCommand|LocalCommand|KnownHostsCommand|RemoteCommand)[= ](.*)$/is.exec(text) ?? []
    return command === undefined ? [] : [command.replace(/^[;\s]/, '')]
  })
  return settings
}

function otherTexts({ name, args }: Invocation): string[] {
  switch (name) {
    case 'sed':
      return args.flatMap(({ text }) => (text.startsWith('-') ? [] : sedCommands(text)))
    case 'make':
      return args.flatMap(({ text }) =>
        text.startsWith('--eval') ? [...text.split('\t').slice(1), ...bodies(text, '$(shell ')] : [],
      )
    case 'pdftex':
    case 'latex':
    case 'pdflatex':
    case 'xelatex':
    case 'xetex':
    case 'tex':
    case 'lualatex':
      return args.some(({ text }) => /^--?shell-escape$/.test(text))
        ? args.flatMap(({ text }) => bodies(text, '\\write18{'))
        : []
    case 'npm':
      // `npm pkg set scripts.x=…`: run by the next person who types `npm test`.
      return args.flatMap(({ text }) =>
        /^scripts\.[\w:-]{1,60}=/.test(text) ? [text.slice(text.indexOf('=') + 1)] : [],
      )
    case 'puppet':
      return args.flatMap(({ text }) => /exec\s*\{\s*'([^']*)'/.exec(text)?.[1]?.replace(/:$/, '') ?? [])
    case 'csvtool':
      return args[0]?.text === 'call' ? args.slice(1, 2).map(({ text }) => text) : []
    case 'fzf':
      return args.flatMap(({ text }) => [...bodies(text, 'execute('), ...bodies(text, 'become(')])
    case 'osascript':
      return args.flatMap(({ text }) => /\bdo shell script "([^"]{1,2000})"/.exec(text)?.[1] ?? [])
    case 'run-parts':
      return args.some(({ text }) => /^\^?(ba|da)?sh\$?$/.test(text)) ? ['sh'] : []
    case 'nmap':
      return args.some(({ text }) => text === '--interactive') ? ['sh'] : []
    case 'tmux':
      return args.some(({ text }) =>
        /^(new|new-session|neww|new-window|splitw|split-window|respawn-\w+|run|run-shell|send|send-keys|if-shell|popup)$/.test(
          text,
        ),
      )
        ? args.flatMap(({ text }) => (/\s|^\//.test(text) ? [text] : []))
        : []
    case 'screen':
      return screenTexts(args)
    case 'concurrently':
      return args.flatMap(({ text }) => (text.startsWith('-') || !text.includes(' ') ? [] : [text]))
    default:
      return afterDashes(args)
  }
}

/** `watcher key -- sh -c '…'`: a script for a shell that the program starts. */
function afterDashes(args: readonly Argument[]): string[] {
  const [shell, option, script] = args.slice(args.findIndex(({ text }) => text === '--') + 1)
  const isShell = /^(\/(usr\/)?bin\/)?(ba|da|z|k)?sh$/.test(shell?.text ?? '')
  return isShell && option?.text === '-c' && script && args.some(({ text }) => text === '--')
    ? [script.text]
    : []
}

/** `screen -dmS name command …`, and `-X exec command`. */
function screenTexts(args: readonly Argument[]): string[] {
  const from = args.findIndex(
    ({ text }, index) =>
      !text.startsWith('-') &&
      !/^-([a-zA-Z]*[SstTXphc]|RR)$/.test(args[index - 1]?.text ?? '') &&
      text !== 'exec' &&
      text !== 'stuff',
  )
  return from < 0
    ? []
    : [
        args
          .slice(from)
          .map(({ text }) => text)
          .join(' '),
      ]
}

/** `1e command` and `e command` run a command from within sed. */
function sedCommands(program: string): string[] {
  if (!program.includes('e')) return []
  return program.split(/[\n;{}]/).flatMap((line) => {
    const [, command] = /^\s?(?:\d{1,9}|\$|\/[^/]{0,200}\/)?\s?e\s(.{1,1000})$/s.exec(line) ?? []
    return command === undefined ? [] : [command]
  })
}

/** What stands between an opening text and the bracket that closes it. */
function bodies(text: string, open: string): string[] {
  const at = text.indexOf(open)
  if (at < 0) return []
  const close = open.endsWith('{') ? '}' : ')'
  const end = text.indexOf(close, at)
  return [text.slice(at + open.length, end < 0 ? undefined : end)]
}
