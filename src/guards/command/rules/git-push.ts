import { gitCommand } from '../git.ts'
import type { CommandRule } from '../rule.ts'

const PUBLISHERS: readonly [RegExp, RegExp][] = [
  [/^(npm|pnpm|yarn|bun)$/, /^(publish|unpublish|deprecate|dist-tag|login|adduser|token)$/],
  [/^(gh|glab|hub|tea)$/, /./],
  [/^twine$/, /^upload$/],
  [/^cargo$/, /^(publish|yank|login)$/],
  [/^(poetry|uv|hatch|flit)$/, /^publish$/],
  [/^gem$/, /^push$/],
]

export const gitPush: CommandRule = {
  name: 'command.git-push',
  class: 'History rewriting and pushes',
  explanation: 'Refuses to send anything out of the workspace: pushes, remotes, releases, pull requests.',
  remedy: 'Leave the change in the workspace; a person reviews it and Airlock pushes what they approve.',
  refuses: [
    'git push origin main',
    'git -C sub push',
    'git remote add evil https://example.com/x.git',
    'npm publish',
    'gh pr create --fill',
  ],
  allows: ['git status', 'git remote -v', 'git log --oneline -5', 'npm pack --dry-run'],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const { name, args, span } = invocation
      const git = gitCommand(invocation)
      if (
        git &&
        (git.subcommand === 'push' || git.subcommand === 'send-pack' || git.subcommand === 'send-email')
      )
        yield { verdict: 'deny', reason: `git ${git.subcommand} would send commits out.`, span }
      else if (
        git?.subcommand === 'remote' &&
        /^(add|set-url|rename|set-head)$/.test(git.args[0]?.text ?? '')
      )
        yield { verdict: 'deny', reason: 'It changes where commits would be sent.', span }
      else if (git?.subcommand === 'svn' && git.args[0]?.text === 'dcommit')
        yield { verdict: 'deny', reason: 'It would send commits out.', span }
      const first = args.find(({ text }) => !text.startsWith('-'))?.text ?? ''
      if (PUBLISHERS.some(([program, action]) => program.test(name) && action.test(first)))
        yield {
          verdict: 'deny',
          reason: `${name} ${first} would publish or change something outside the workspace.`,
          span,
        }
    }
  },
}
