import type { Agent, LaunchPlan } from '../agent.ts'
import { readReport } from '../report.ts'
import type { Brief } from './brief.ts'

const PROTOCOLS = ['anthropic', 'openai-responses', 'openai-chat', 'gemini'] as const

/** Airlock's own agent: a tool loop that runs inside the sandbox and reaches its model through one Unix socket. */
export const builtinAgent: Agent = {
  name: 'builtin',
  protocols: PROTOCOLS,
  plan(assignment, model): LaunchPlan {
    const protocol = PROTOCOLS.find((known) => known === model.protocol)
    if (!protocol) throw new TypeError(`the built-in agent does not speak ${model.protocol}`)
    const brief: Brief = {
      version: 1,
      workspace: '/workspace',
      socket: '/run/airlock/model.sock',
      model: { provider: model.provider, protocol, name: model.name },
      assignment,
    }
    return {
      command: ['/opt/airlock/node/bin/node', '/opt/airlock/guest/src/agents/builtin/main.ts'],
      environment: {},
      mounts: [],
      input: JSON.stringify(brief),
    }
  },
  reader: () => readReport,
}
