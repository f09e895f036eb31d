import type { Agent } from '../agent.ts'
import { GATEWAY, NO_KEY, NODE, programOf } from '../gateway-address.ts'
import { promptFor } from '../task-text.ts'
import { geminiReader } from './events.ts'

/** Gemini CLI as it ships, without a terminal. */
export const geminiAgent: Agent = {
  name: 'gemini',
  protocols: ['gemini'],
  package: 'gemini',
  plan: (assignment, model) => ({
    command: withSettings(
      '--approval-mode',
      'yolo',
      '--output-format',
      'stream-json',
      // Named, it does not ask a second model which one to take.
      '--model',
      model.name,
    ),
    environment: GEMINI_ENVIRONMENT,
    mounts: [],
    input: promptFor(assignment),
  }),
  reader: geminiReader,
}

export const GEMINI_ENVIRONMENT = {
  GEMINI_API_KEY: NO_KEY,
  GOOGLE_GEMINI_BASE_URL: GATEWAY,
  GEMINI_CLI_TRUST_WORKSPACE: 'true',
  // A second process of itself would cost half a second and 100 MB.
  GEMINI_CLI_NO_RELAUNCH: 'true',
}

/** It signs in as its settings say, and as nothing else: they must lie in the home that it also writes to. */
export function withSettings(...words: readonly string[]): [string, ...string[]] {
  const lay = `mkdir -p "$HOME/.gemini" && cp /opt/airlock/guest/src/agents/gemini/settings.json "$HOME/.gemini/" && exec "$@"`
  return ['/bin/sh', '-c', lay, 'sh', NODE, programOf('gemini'), ...words]
}
