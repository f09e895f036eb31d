import type { Argument, Invocation } from '../reading.ts'
import { optionValues } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

export const commandHooks: CommandRule = {
  name: 'command.command-hook',
  class: 'shell-escape',
  explanation:
    'Refuses options of ordinary programs whose only use is to run a hidden program beside their work.',
  remedy: 'Run the other program yourself, before or after.',
  refuses: [
    'tcpdump -ln -i lo -w /dev/null -W 1 -G 1 -z ./x.sh',
    'gcc -wrapper ./x,-s .',
    'wget --use-askpass=./x.sh http://localhost',
    'tar cf a.tar b --checkpoint=1 --checkpoint-action=exec=./x.sh',
    'psql -c "COPY t FROM PROGRAM \'id\'"',
    'ssh-keygen -D ./lib.so',
  ],
  allows: [
    'tcpdump -i lo -c 10',
    'gcc -Wall -o app main.c',
    'wget http://localhost/a',
    'tar --checkpoint=1000 -cf a.tar b',
    'psql -c "COPY t FROM \'/tmp/a.csv\'"',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
  },
}

const BROWSER =
  /^['"]?--(gpu-launcher|renderer-cmd-prefix|utility-cmd-prefix|ppapi-plugin-launcher|browser-subprocess-path)=/

const HOOKS: Readonly<Record<string, RegExp>> = {
  tar: /^--(checkpoint-action=exec=|to-command|info-script|new-volume-script|rsh-command)|^-F$/,
  tcpdump: /^(-z|--postrotate-command)/,
  zip: /^(-TT|--unzip-command)/,
  chrome: BROWSER,
  chromium: BROWSER,
  'google-chrome': BROWSER,
  'chromium-browser': BROWSER,
  psql: /^(-o|--output=)['"]?\|/,
  busctl: /unixexec:/,
  sendmail: /^-X\/./,
  hg: /^(hooks|alias)\.[\w.-]{1,60}=|^--config=(hooks|alias)\./,
  mvn: /^-Dexec\.executable=([\w/.]{1,80}\/)?(ba|da|z|k)?sh$/,
  gcc: /^-wrapper/,
  cc: /^-wrapper/,
  'g++': /^-wrapper/,
  c89: /^-wrapper/,
  c99: /^-wrapper/,
  clang: /^-wrapper/,
  wget: /^--use-askpass/,
  aria2c: /^--on-(download|bt-download)-/,
  openvpn: /^--(up|down|route-up|ipchange|tls-verify)$/,
  apt: /(Pre|Post)-Invoke/,
  'apt-get': /(Pre|Post)-Invoke/,
  nmap: /^--interactive$/,
  pandoc: /^(-L|--lua-filter)(=|$)\/?(tmp|dev|var)?/,
  pdftex: /^--?shell-escape$/,
  latex: /^--?shell-escape$/,
  xelatex: /^--?shell-escape$/,
  man: /^(-H|--html=)./,
  mail: /^--exec/,
  dvips: /^-R0$/,
  cowsay: /^-f$/,
  cowthink: /^-f$/,
}

function* objections({ name, args, span }: Invocation): Iterable<Sighting> {
  const hook = Object.hasOwn(HOOKS, name) ? HOOKS[name] : undefined
  const given = hook && args.find(({ text }) => hook.test(text))
  if (
    given &&
    !isBenign(
      name,
      args.map(({ text }) => text),
    )
  )
    yield { verdict: 'deny', reason: `${given.text.slice(0, 60)} lets ${name} run another program.`, span }
  const library = libraryOf(name, args)
  if (library !== undefined)
    yield { verdict: 'deny', reason: `${name} would load the program library ${library.slice(0, 80)}.`, span }
  if (name === 'psql' && optionValues(args, '-o', '--output').some(({ text }) => text.startsWith('|')))
    yield { verdict: 'deny', reason: 'It gives what the database says to another program.', span }
  if (name === 'psql' && args.some(({ text }) => /\b(from|to)\s+program\b/i.test(text)))
    yield { verdict: 'deny', reason: 'It lets the database server run a program.', span }
  if ((name === 'scp' || name === 'sftp') && optionValues(args, '-S')[0])
    yield { verdict: 'deny', reason: `It lets ${name} run another program as its connection.`, span }
  if (
    /^(ssh|scp|sftp|rsync|mosh)$/.test(name) &&
    args.some(
      ({ text }) => /^(-o)?(ProxyCommand|LocalCommand|KnownHostsCommand)[= ]/i.test(text) && !/%h/.test(text),
    )
  )
    yield { verdict: 'deny', reason: `It lets ${name} run another program as its connection.`, span }
  if (
    name === 'nmap' &&
    optionValues(args, '--script', '--script').some(({ text }) => /^[/$<]|\.nse$/.test(text))
  )
    yield { verdict: 'deny', reason: 'It lets nmap run a script from a file.', span }
}

/** A library beside the work that a program is told to load: code that runs within it. */
function libraryOf(name: string, args: readonly Argument[]): string | undefined {
  const option = Object.hasOwn(LIBRARIES, name) ? LIBRARIES[name] : undefined
  if (option === undefined) return undefined
  return optionValues(args, option, option).find(
    ({ text }) => /^(\.{0,2}\/|~)/.test(text) && !SYSTEM_LIBRARY.test(text),
  )?.text
}

const LIBRARIES: Readonly<Record<string, string>> = {
  'ssh-keygen': '-D',
  'ssh-add': '-s',
  enable: '-f',
  openssl: '-engine',
}
const SYSTEM_LIBRARY = /^\/(usr|lib(64)?|opt)\//

/** A picture of a cow, or a filter of the workspace, is what the option is for. */
function isBenign(name: string, words: readonly string[]): boolean {
  const value =
    words[words.findIndex((word) => word === '-f' || word === '-L' || word === '--lua-filter') + 1] ?? ''
  if (name === 'cowsay' || name === 'cowthink') return !value.includes('/')
  return name === 'pandoc' && !/^\/(tmp|dev|var)/.test(value)
}
