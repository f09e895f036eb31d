import { type AgentHook, blocked } from './agent-hook.ts'

const MARK = '# Written by `airlock hook git-pre-commit --install`.'

/** githooks(5): the commit is stopped by any exit code but 0. The scan itself is `airlock scan --staged`. */
export const gitPreCommit: AgentHook = {
  read() {
    throw new Error('git gives a pre-commit hook no input')
  },
  answer: ({ reason }) => blocked(reason),
  files: { project: '.git/hooks/pre-commit', user: '.config/git/hooks/pre-commit' },
  install(existing, command) {
    if (existing !== '' && !existing.includes(MARK)) throw new Error('there is another pre-commit hook')
    return `#!/bin/sh\n${MARK}\nexec ${command.replace(/hook git-pre-commit\b.*$/, 'scan --staged')}\n`
  },
  uninstall(existing) {
    if (!existing.includes(MARK)) throw new Error('it is not the hook of Airlock')
    return undefined
  },
}
