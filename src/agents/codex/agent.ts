import type { Agent } from '../agent.ts'
import { GATEWAY, NO_KEY, programOf } from '../gateway-address.ts'
import { promptFor } from '../task-text.ts'
import { codexReader } from './events.ts'

/** Codex CLI as it ships, in its exec mode. Its whole configuration stands on its command line. */
export const codexAgent: Agent = {
  name: 'codex',
  protocols: ['openai-responses'],
  package: 'codex',
  plan: (assignment, model) => ({
    command: [
      programOf('codex'),
      'exec',
      '--json',
      '--ephemeral',
      '--skip-git-repo-check',
      // The sandbox around it is the boundary; its own one cannot be nested in it.
      '--dangerously-bypass-approvals-and-sandbox',
      ...Object.entries(settings(model.name)).flatMap(([key, value]) => ['-c', `${key}=${toml(value)}`]),
      '-',
    ],
    environment: { AIRLOCK_TOKEN: NO_KEY },
    mounts: [],
    input: promptFor(assignment),
  }),
  reader: codexReader,
}

function settings(model: string): Readonly<Record<string, string | number | boolean>> {
  return {
    model,
    model_provider: 'airlock',
    'model_providers.airlock.name': 'Airlock',
    'model_providers.airlock.base_url': `${GATEWAY}/v1`,
    'model_providers.airlock.env_key': 'AIRLOCK_TOKEN',
    'model_providers.airlock.wire_api': 'responses',
    // It tries them first, seven times.
    'model_providers.airlock.supports_websockets': false,
    'model_providers.airlock.request_max_retries': 1,
    'model_providers.airlock.stream_max_retries': 1,
    check_for_update_on_startup: false,
    web_search: 'disabled',
    'analytics.enabled': false,
    'feedback.enabled': false,
    // These three look up foreign names.
    'features.plugins': false,
    'features.apps': false,
    'features.remote_plugin': false,
  }
}

/** Strings of TOML are those of JSON, except that JSON lets a DEL stand. */
function toml(value: string | number | boolean): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f')
}
