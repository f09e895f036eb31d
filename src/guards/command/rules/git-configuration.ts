import { type GitCommand, gitCommand } from '../git.ts'
import { writtenTo } from '../places.ts'
import type { CommandRule } from '../rule.ts'

/** Settings that make git run a program or speak to another place. */
const DANGEROUS =
  /^(core\.(hookspath|fsmonitor|sshcommand|pager|editor|askpass|gitproxy|worktree|attributesfile|excludesfile)|alias\..*|filter\..*|diff\..*\.(textconv|command)|diff\.external|merge\..*\.driver|credential\..*|include(if)?\..*|url\..*|gpg\..*|sequence\.editor|pager\..*|remote\..*|protocol\..*|http\..*|uploadpack\..*|init\.templatedir)$/i

export const gitConfiguration: CommandRule = {
  name: 'command.git-configuration',
  class: 'History rewriting and pushes',
  explanation: 'Refuses git settings, hooks and transports that run a program or lead elsewhere.',
  remedy: 'Call the program yourself; `git config user.name` and `user.email` are free.',
  refuses: [
    'git config core.hooksPath hooks',
    'git -c core.fsmonitor=./x status',
    'git config --global alias.x "!sh"',
    'cp x .git/hooks/pre-commit',
    'git clone ext::sh',
  ],
  allows: [
    'git config user.name "A B"',
    'git -c user.name=a commit -m x',
    'git config --get core.hooksPath',
    'git config --list',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const git = gitCommand(invocation)
      const setting = git && dangerousSetting(git)
      if (setting)
        yield {
          verdict: 'deny',
          reason: `The git setting ${setting} makes git run a program or go elsewhere.`,
          span: invocation.span,
        }
      if (git?.args.some(({ text }) => /^(ext|fd)::/.test(text)))
        yield { verdict: 'deny', reason: 'The transport makes git run a program.', span: invocation.span }
    }
    for (const { text } of writtenTo(reading))
      if (/(^|\/)\.git\/(hooks|config|info\/attributes|modules)(\/|$)/.test(text))
        yield { verdict: 'deny', reason: `${text} makes git run a program.` }
  },
}

function dangerousSetting({ subcommand, args, settings }: GitCommand): string | undefined {
  const given = settings.map((setting) => setting.split('=')[0] ?? '').find((name) => DANGEROUS.test(name))
  if (given !== undefined || subcommand !== 'config') return given
  const words = args.map(({ text }) => text)
  if (words.some((word) => /^(--get.*|--list|-l|--unset.*|get|list|unset)$/.test(word))) return undefined
  if (words.some((word) => word === '-e' || word === '--edit' || word === 'edit')) return 'file'
  const names = words.filter((word) => !word.startsWith('-') && word !== 'set')
  const name = names.find((word) => DANGEROUS.test(word))
  return name !== undefined && names.indexOf(name) < names.length - 1 ? name : undefined
}
