import { type AgentHook, blocked, readToolCall, refusalOf, SILENCE } from './agent-hook.ts'
import { withHook, withoutHook } from './settings.ts'

const EVENT = 'PreToolUse'

/** https://developers.openai.com/codex/hooks: this event can refuse but not ask, so a question is a refusal. */
export const codex: AgentHook = {
  read: (input) => readToolCall(input, EVENT),
  answer: (verdict) => (verdict.verdict === 'allow' ? SILENCE : blocked(refusalOf(verdict))),
  files: { project: '.codex/hooks.json', user: '.codex/hooks.json' },
  install: (existing, command) =>
    withHook(existing, EVENT, {
      matcher: 'Bash|apply_patch',
      hooks: [{ type: 'command', command, timeout: 30 }],
    }),
  uninstall: (existing) => withoutHook(existing, EVENT),
  afterwards:
    'Codex runs a new hook only after you have trusted it there, and passes over it in silence until then: open /hooks.',
}
