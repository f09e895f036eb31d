import { type AgentHook, readToolCall, refusalOf } from './agent-hook.ts'
import { withHook, withoutHook } from './settings.ts'

const EVENT = 'BeforeTool'

/** https://geminicli.com/docs/hooks/reference: standard output must hold JSON and nothing else. */
export const gemini: AgentHook = {
  read: (input) => readToolCall(input, EVENT),
  answer(verdict) {
    const answer = verdict.verdict === 'allow' ? {} : { decision: 'deny', reason: refusalOf(verdict) }
    return { output: JSON.stringify(answer), remark: '', exitCode: 0 }
  },
  files: { project: '.gemini/settings.json', user: '.gemini/settings.json' },
  install: (existing, command) =>
    withHook(existing, EVENT, {
      matcher: 'run_shell_command|write_file|replace|read_file',
      hooks: [{ name: 'airlock', type: 'command', command, timeout: 30_000 }],
    }),
  uninstall: (existing) => withoutHook(existing, EVENT),
}
