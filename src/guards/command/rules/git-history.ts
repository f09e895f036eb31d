import { type GitCommand, gitCommand } from '../git.ts'
import type { CommandRule } from '../rule.ts'

const REWRITING = new Set([
  'filter-branch',
  'filter-repo',
  'rebase',
  'update-ref',
  'replace',
  'fast-import',
  'prune',
  'symbolic-ref',
  'pack-refs',
])

export const gitHistory: CommandRule = {
  name: 'command.git-history',
  class: 'History rewriting and pushes',
  explanation: 'Refuses to rewrite or destroy commits that were there before.',
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
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const git = gitCommand(invocation)
      if (git && rewrites(git))
        yield {
          verdict: 'deny',
          reason: `git ${git.subcommand} would rewrite or destroy history.`,
          span: invocation.span,
        }
    }
  },
}

function rewrites({ subcommand, args }: GitCommand): boolean {
  const words = args.map(({ text }) => text)
  if (REWRITING.has(subcommand)) return true
  switch (subcommand) {
    case 'reset':
      return (
        words.some((word) => /^--(hard|merge|keep)$/.test(word)) &&
        words.some((word) => !word.startsWith('-') && word !== 'HEAD')
      )
    case 'commit':
      return words.includes('--amend')
    case 'reflog':
      return words[0] === 'expire' || words[0] === 'delete'
    case 'gc':
      return words.some((word) => word.startsWith('--prune'))
    case 'branch':
      return words.some((word) => word === '-f' || word === '--force' || word === '-M')
    case 'checkout':
      return words.includes('-B')
    default:
      return false
  }
}
