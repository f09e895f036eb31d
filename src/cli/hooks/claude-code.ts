import { type AgentHook, readToolCall, SILENCE } from './agent-hook.ts'
import { withHook, withoutHook } from './settings.ts'

const EVENT = 'PreToolUse'

/** https://code.claude.com/docs/en/hooks: silence leaves the call to Claude Code's own permissions. */
export const claudeCode: AgentHook = {
  read: (input) => readToolCall(input, EVENT),
  answer({ verdict, reason }) {
    if (verdict === 'allow') return SILENCE
    const decision = { hookEventName: EVENT, permissionDecision: verdict, permissionDecisionReason: reason }
    return { output: JSON.stringify({ hookSpecificOutput: decision }), remark: '', exitCode: 0 }
  },
  // The local file is not committed: it holds a path of this machine.
  files: { project: '.claude/settings.local.json', user: '.claude/settings.json' },
  install: (existing, command) =>
    withHook(existing, EVENT, {
      matcher: 'Bash|Write|Edit|MultiEdit|NotebookEdit|Read',
      hooks: [{ type: 'command', command, timeout: 30 }],
    }),
  uninstall: (existing) => withoutHook(existing, EVENT),
}
