import { type AgentHook, blocked, record, refusalOf, SILENCE } from './agent-hook.ts'

/** https://opencode.ai/docs/plugins: a plugin stops a tool by throwing; it asks this program with `{tool, args, directory}`. */
export const opencode: AgentHook = {
  read(input) {
    const { tool, args, directory } = record(input)
    if (typeof tool !== 'string') throw new Error('the input names no tool')
    return { tool, input: record(args), directory: typeof directory === 'string' ? directory : undefined }
  },
  answer: (verdict) => (verdict.verdict === 'allow' ? SILENCE : blocked(refusalOf(verdict))),
  files: { project: '.opencode/plugins/airlock.js', user: '.config/opencode/plugins/airlock.js' },
  install: (_existing, command) => plugin(command),
  uninstall: () => undefined,
}

function plugin(command: string): string {
  return `// Written by \`airlock hook opencode --install\`. Asks Airlock about each tool before it runs; no answer is a refusal.
import { spawnSync } from "node:child_process"

export const Airlock = async ({ directory }) => ({
  'tool.execute.before': async ({ tool }, { args }) => {
    const asked = spawnSync('sh', ['-c', ${JSON.stringify(command)}], {
      input: JSON.stringify({ tool, args, directory }),
      encoding: 'utf8',
      timeout: 30_000,
    })
    if (asked.status !== 0) throw new Error(asked.stderr || 'Airlock did not answer')
  },
})
`
}
