import { type GitCommand, gitCommand } from '../git.ts'
import { operands, optionValues } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

/** Settings whose value git runs as a program, by their section and their last name. */
const RUNS: Readonly<Record<string, RegExp>> = {
  core: /^(fsmonitor|sshcommand|askpass|gitproxy|pager|editor)$/,
  filter: /^/,
  diff: /^(textconv|command|external)$/,
  merge: /^driver$/,
  uploadpack: /^/,
  receive: /^procreceiverefs$/,
  gpg: /^program$/,
  ssh: /^variant$/,
  sequence: /^editor$/,
  interactive: /^difffilter$/,
  protocol: /^allow$/,
  alias: /^/,
  pager: /^/,
  credential: /^/,
  browser: /^/,
  difftool: /^/,
  mergetool: /^/,
  web: /^browser$/,
  sendemail: /^/,
  trailer: /^(command|cmd)$/,
  submodule: /^update$/,
}

function runs(setting: string): boolean {
  const name = setting.toLowerCase()
  const section = name.slice(0, name.indexOf('.'))
  return Object.hasOwn(RUNS, section) && RUNS[section]?.test(name.slice(name.lastIndexOf('.') + 1)) === true
}

/** Settings that lead git to other files or places. */
const LEADS =
  /^(core\.(hookspath|attributesfile|worktree)|init\.templatedir|include(if)?\..*|url\..*|remote\..*|http\..*|https\..*|protocol\..*)$/i
/** Values that name a well-known tool, or no program at all. */
const PLAIN_TOOL =
  /^(true|false|yes|no|0|1|cat|less|more|delta|diff-so-fancy|less [-+A-Za-z ]*|(n?vim?|vi|nano|emacs|code|code-insiders|subl|micro|hx|notepad|atom|gedit|kate|zed|cursor|idea|helix|pico|joe|ne)( -{1,2}[a-zA-Z][a-zA-Z-]*)*|cache( --timeout[= ]\d+)?|osxkeychain|manager(-core)?|libsecret|wincred|gpg2?|ssh-keygen|git-lfs .*|git lfs .*|on-demand|input|auto|always|never|user|fsmonitor--daemon|meld|kdiff3|vimdiff|nvimdiff|opendiff|p4merge|difftastic|difft)$/i

export const gitConfiguration: CommandRule = {
  name: 'command.git-configuration',
  class: 'git',
  explanation:
    'Refuses git settings, options and transports that run a program; asks about those that lead elsewhere.',
  remedy: 'Call the program yourself; `git config user.name`, `user.email` and the like are free.',
  refuses: [
    'git config core.hooksPath hooks',
    'git -c core.fsmonitor=./x status',
    'git config --global alias.x "!sh"',
    'git clone ext::sh',
    'git fetch --upload-pack="sh -c id" origin',
    'GIT_SSH_COMMAND="sh -c id" git fetch',
  ],
  allows: [
    'git config user.name "A B"',
    'git -c user.name=a commit -m x',
    'git config --get core.hooksPath',
    'git config --list',
    'git config --global alias.co checkout',
    'git config --global core.editor "code --wait"',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const git = gitCommand(invocation)
      if (!git) continue
      for (const [name, value] of settings(git)) yield* objection(name, value, invocation.span)
      if (git.args.some(({ text }) => /^(ext|fd)::/.test(text)))
        yield { verdict: 'deny', reason: 'The transport makes git run a program.', span: invocation.span }
      if (invocation.args.some(({ text }) => /^--exec-path=./.test(text)))
        yield { verdict: 'deny', reason: 'git would take its programs from there.', span: invocation.span }
      const option = runningOption(git)
      if (option !== undefined)
        yield { verdict: 'deny', reason: `${option} makes git run a program.`, span: invocation.span }
    }
    for (const { name, value } of reading.assigned)
      if (
        /^GIT_(SSH_COMMAND|SSH|EXTERNAL_DIFF|ASKPASS|PROXY_COMMAND|CONFIG_(PARAMETERS|GLOBAL|SYSTEM)|TEMPLATE_DIR|EXEC_PATH)$/.test(
          name,
        ) &&
        !/^(ssh( -[io]\s?\S{1,200}){0,6}|true|echo|\/dev\/null|)$/.test(value.text)
      )
        yield { verdict: 'deny', reason: `${name} makes git run a program or take other settings.` }
  },
}

function* objection(name: string, value: string, span: Sighting['span']): Iterable<Sighting> {
  if (runs(name) && !isPlain(name, value))
    yield {
      verdict: /^credential/i.test(name) && !/[!;|]/.test(value) ? 'ask' : 'deny',
      reason: `The git setting ${name} makes git run a program.`,
      span,
    }
  else if (LEADS.test(name) && !isHarmless(name, value)) {
    const inside =
      /^core\.hookspath$/i.test(name) && /^[\w.-]+(\/[\w.-]+)*\/?$/.test(value) && !value.startsWith('/')
    yield {
      verdict: inside || /^(remote|http|https)\./i.test(name) ? 'ask' : 'deny',
      reason: `The git setting ${name} leads git to other files or places.`,
      span,
    }
  }
}

function isPlain(name: string, value: string): boolean {
  if (/^alias\./i.test(name)) return !value.startsWith('!')
  if (/^protocol\./i.test(name)) return !/^(ext|fd)/i.test(name.slice(9)) || /^(never|user)$/.test(value)
  if (/^filter\.lfs\./i.test(name)) return /^(git-lfs |true|false)/.test(value)
  if (/^(pager|credential)\./i.test(name) && value === '') return true
  if (/^sendemail\.(from|to|cc|smtp(user|server|serverport|encryption))$/i.test(name)) return true
  return PLAIN_TOOL.test(value)
}

function isHarmless(name: string, value: string): boolean {
  if (/^remote\.[^.]*\.(prune|fetch|tagopt)$|^remote\.pushdefault$/i.test(name)) return true
  if (
    /^https?\.(postbuffer|lowspeed.*|version|maxrequests|followredirects|sslbackend|cookiefile|extraheader)$/i.test(
      name,
    )
  )
    return !/extraheader|cookiefile/i.test(name)
  if (/^https?\.(.*\.)?sslverify$/i.test(name)) return value !== 'false' && value !== '0'
  return (
    /^url\.(https|git@|ssh)[^.]*(github|gitlab|bitbucket)\.(com|org)[:/].*insteadof$/i.test(name) &&
    !name.slice(name.indexOf('//') + 2).includes(':')
  )
}

/** Settings that the command makes: with `-c`, `clone -c`, or by `git config`. */
function settings({ subcommand, args, settings: given }: GitCommand): [string, string][] {
  const pairs = given.map(splitSetting)
  if (subcommand === 'clone' || subcommand === 'init') {
    pairs.push(...optionValues(args, '-c', '--config').map(({ text }) => splitSetting(text)))
    if (optionValues(args, '--template', '--template').length > 0) pairs.push(['init.templateDir', '/'])
  }
  if (subcommand !== 'config') return pairs
  const words = args.map(({ text }) => text)
  if (words.some((word) => /^(--get.*|--list|-l|--unset.*|--remove-section|get|list|unset)$/.test(word)))
    return pairs
  if (words.some((word) => word === '-e' || word === '--edit' || word === 'edit'))
    return [...pairs, ['include.path', '/']]
  const files = new Set(optionValues(args, '-f', '--file'))
  const [name, value] = operands(args)
    .filter((word) => !files.has(word) && word.text !== 'set')
    .map(({ text }) => text)
  return name !== undefined && value !== undefined ? [...pairs, [name, value]] : pairs
}

function splitSetting(setting: string): [string, string] {
  const equals = setting.indexOf('=')
  return equals < 0 ? [setting, 'true'] : [setting.slice(0, equals), setting.slice(equals + 1)]
}

function runningOption({ subcommand, args }: GitCommand): string | undefined {
  const options = RUNNING[subcommand]
  return options && args.find(({ text }) => options.test(text))?.text.slice(0, 60)
}

const RUNNING: Readonly<Record<string, RegExp>> = {
  fetch: /^--upload-pack/,
  pull: /^--upload-pack/,
  clone: /^(-u$|--upload-pack)/,
  'ls-remote': /^--(upload-pack|exec)/,
  push: /^--(receive-pack|exec)/,
  archive: /^--exec/,
  grep: /^(-O.|--open-files-in-pager=)/,
  difftool: /^(-x$|--extcmd)/,
}
