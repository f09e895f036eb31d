import { acpAgent } from './acp/agent.ts'
import type { Agent } from './agent.ts'
import { builtinAgent } from './builtin/agent.ts'
import { claudeCodeAgent } from './claude-code/agent.ts'
import { codexAgent } from './codex/agent.ts'
import { geminiAgent } from './gemini/agent.ts'
import { opencodeAgent } from './opencode/agent.ts'

/** Who can be asked to do a task. */
export interface AgentDirectory {
  /** As a refusal lists them. */
  readonly names: readonly string[]
  named(name: string): Agent | undefined
}

const AGENTS: readonly Agent[] = [builtinAgent, claudeCodeAgent, codexAgent, geminiAgent, opencodeAgent]

export const knownAgents: AgentDirectory = {
  names: [...AGENTS.map(({ name }) => name), 'acp:<command>'],
  named: (name) => AGENTS.find((agent) => agent.name === name) ?? acpAgent(name),
}
