import { operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const PLANTED = /(^|\/)\.git\/(hooks|config|config\.worktree|info\/attributes|modules)(\/|$)/

export const gitHooks: CommandRule = {
  name: 'command.git-hooks',
  class: 'git',
  explanation:
    "Refuses to write or remove what git runs by itself: hooks and settings in the repository's own directory.",
  remedy: 'Put hooks under version control and let a person install them; settings go through `git config`.',
  refuses: [
    'cp x .git/hooks/pre-commit',
    'printf x > .git/hooks/pre-commit',
    'echo "*.c filter=x" >> .git/info/attributes',
    'rm .git/hooks/pre-commit',
  ],
  allows: ['ls .git/hooks', 'cat .git/config', 'cp x hooks/pre-commit', "echo '*.log' >> .git/info/exclude"],
  *look(reading) {
    for (const { target, by, invocation } of writtenTo(reading))
      if (PLANTED.test(target.text))
        yield {
          verdict: by === 'chmod' ? 'ask' : 'deny',
          reason: `${target.text} makes git run a program.`,
          span: invocation?.span,
        }
    for (const { name, args, span } of reading.invocations)
      if ((name === 'rm' || name === 'mv') && operands(args).some(({ text }) => PLANTED.test(text)))
        yield { verdict: 'deny', reason: 'It removes a hook or a setting of git.', span }
  },
}
