import { type GitCommand, gitCommand } from '../git.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

export const gitHistory: CommandRule = {
  name: 'command.git-history',
  class: 'git',
  explanation:
    'Refuses to destroy commits for good; asks before commits that were there before are rewritten or left behind.',
  remedy: 'Change files only; the commit is written by whoever approves the change.',
  refuses: [
    'git reset --hard origin/main',
    'git filter-branch --all',
    'git rebase -i HEAD~3',
    'git commit --amend',
    'git reflog expire --expire=now --all',
  ],
  allows: [
    'git reset --hard',
    'git reset HEAD src/a.js',
    'git commit -m "Fix rounding"',
    'git checkout -- src/a.js',
    'git stash',
    'git gc',
    'git symbolic-ref --short HEAD',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const git = gitCommand(invocation)
      const verdict = git && gravity(git)
      if (git && verdict)
        yield {
          verdict,
          reason: `git ${git.subcommand} would rewrite or destroy history.`,
          span: invocation.span,
        }
      if (invocation.name === 'bfg' && invocation.args.length > 0)
        yield { verdict: 'deny', reason: 'bfg would rewrite or destroy history.', span: invocation.span }
    }
  },
}

function gravity({ subcommand, args }: GitCommand): 'ask' | 'deny' | undefined {
  const words = args.map(({ text }) => text)
  switch (subcommand) {
    case 'filter-branch':
    case 'filter-repo':
    case 'fast-import':
    case 'prune':
      return 'deny'
    case 'replace':
      return operands(args).length > 1 || hasFlag(args, 'd') ? 'deny' : undefined
    case 'update-ref':
      return 'deny'
    case 'rebase':
      return hasWord(args, '--abort', '--continue', '--quit', '--skip', '--show-current-patch')
        ? undefined
        : 'ask'
    case 'reset':
      return hasWord(args, '--hard', '--merge', '--keep') &&
        operands(args).some(({ text }) => text !== 'HEAD')
        ? 'ask'
        : undefined
    case 'commit':
      return words.includes('--amend') ? 'ask' : undefined
    case 'reflog':
      return words[0] === 'expire' || words[0] === 'delete' ? 'deny' : undefined
    case 'gc':
      return words.some((word) => word.startsWith('--prune=')) ? 'deny' : undefined
    case 'branch':
      return hasWord(args, '-f', '--force') && !hasWord(args, '-d', '-D', '--delete') ? 'ask' : undefined
    case 'tag':
      return hasFlag(args, 'f', '--force') ? 'ask' : undefined
    case 'checkout':
    case 'switch':
      return hasWord(args, '-B', '-C', '--force-create') ? 'ask' : undefined
    case 'symbolic-ref':
      return operands(args).length > 1 || hasFlag(args, 'd') ? 'ask' : undefined
    case 'stash':
      return firstOperand(args) === 'clear' ? 'ask' : undefined
    default:
      return undefined
  }
}
