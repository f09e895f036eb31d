import type { Agent, AgentModel } from '../agent.ts'
import { GATEWAY, NO_KEY, programOf } from '../gateway-address.ts'
import { promptFor } from '../task-text.ts'
import { opencodeReader } from './events.ts'

/** The packages inside of opencode that speak each protocol, and where each expects its API. */
const SPEAKERS = {
  anthropic: { npm: '@ai-sdk/anthropic', baseURL: `${GATEWAY}/v1` },
  'openai-responses': { npm: '@ai-sdk/openai', baseURL: `${GATEWAY}/v1` },
  'openai-chat': { npm: '@ai-sdk/openai-compatible', baseURL: `${GATEWAY}/v1` },
  gemini: { npm: '@ai-sdk/google', baseURL: `${GATEWAY}/v1beta` },
} as const

/** opencode as it ships, in its run mode. */
export const opencodeAgent: Agent = {
  name: 'opencode',
  protocols: ['anthropic', 'openai-responses', 'openai-chat', 'gemini'],
  package: 'opencode',
  plan: (assignment, model) => ({
    // With a title of its own it does not ask a small model for one.
    command: [programOf('opencode'), 'run', '--format', 'json', '--auto', '--title', 'airlock'],
    environment: opencodeEnvironment(model, 'allow'),
    mounts: [],
    input: promptFor(assignment),
  }),
  reader: opencodeReader,
}

export function opencodeEnvironment(
  model: AgentModel,
  permission: 'allow' | 'ask',
): Readonly<Record<string, string>> {
  return {
    AIRLOCK_TOKEN: NO_KEY,
    OPENCODE_CONFIG_CONTENT: JSON.stringify(configuration(model, permission)),
    // A folder that it cannot write, and that holds what it would write: else it installs a package at every start.
    XDG_CONFIG_HOME: '/opt/airlock/guest/src/agents/opencode/config',
    OPENCODE_DISABLE_PROJECT_CONFIG: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    OPENCODE_PURE: '1',
  }
}

function configuration({ protocol, name }: AgentModel, permission: 'allow' | 'ask') {
  const speaker = Object.entries(SPEAKERS).find(([spoken]) => spoken === protocol)?.[1]
  if (speaker === undefined) throw new TypeError(`opencode does not speak ${protocol}`)
  const { npm, baseURL } = speaker
  return {
    autoupdate: false,
    share: 'disabled',
    snapshot: false,
    // A small model would be asked for a title, and a refusal would end the turn.
    agent: { title: { disable: true } },
    experimental: { continue_loop_on_deny: true },
    enabled_providers: ['airlock'],
    model: `airlock/${name}`,
    small_model: `airlock/${name}`,
    permission: { '*': permission },
    provider: {
      airlock: {
        npm,
        options: { baseURL, apiKey: '{env:AIRLOCK_TOKEN}' },
        models: { [name]: { limit: { context: 200_000, output: 32_000 } } },
      },
    },
  }
}
