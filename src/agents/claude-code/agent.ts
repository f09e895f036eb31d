import type { Agent } from '../agent.ts'
import { GATEWAY, NO_KEY, programOf } from '../gateway-address.ts'
import { promptFor } from '../task-text.ts'
import { claudeCodeReader } from './events.ts'

/** Claude Code as it ships, in its print mode. */
export const claudeCodeAgent: Agent = {
  name: 'claude-code',
  protocols: ['anthropic'],
  package: 'claude-code',
  plan: (assignment, model) => ({
    command: [
      programOf('claude-code'),
      '--print',
      // The sandbox is the boundary: asking nobody would only stop the work.
      '--dangerously-skip-permissions',
      '--output-format',
      'stream-json',
      '--verbose',
      '--strict-mcp-config',
      '--no-session-persistence',
      '--model',
      model.name,
    ],
    environment: {
      ANTHROPIC_BASE_URL: GATEWAY,
      ANTHROPIC_API_KEY: NO_KEY,
      // Without these it calls home and a second model.
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      ANTHROPIC_SMALL_FAST_MODEL: model.name,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model.name,
    },
    mounts: [],
    input: promptFor(assignment),
  }),
  reader: claudeCodeReader,
}
