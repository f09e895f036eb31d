import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModel } from 'ai'
import { Agent, fetch as undiciFetch } from 'undici'
import type { Brief } from './brief.ts'

/** The gateway takes no key: whoever can open the socket is the attempt. The providers want one to be there. */
const NO_KEY = 'held-by-the-gateway'
const MODEL_SILENCE_MILLISECONDS = 600_000

/** The model of a brief, spoken to in its own protocol through the gateway's socket, or at the address that it names. */
export function modelOf({
  model,
  socket,
  baseUrl,
}: Pick<Brief, 'model' | 'socket' | 'baseUrl'>): LanguageModel {
  const root = (baseUrl ?? 'http://gateway').replace(/\/+$/, '')
  const dispatcher = new Agent({
    ...(baseUrl === undefined ? { connect: { socketPath: socket } } : {}),
    headersTimeout: MODEL_SILENCE_MILLISECONDS,
    bodyTimeout: MODEL_SILENCE_MILLISECONDS,
  })
  const settings = { baseURL: `${root}/v1`, apiKey: NO_KEY, fetch: fetchThrough(dispatcher) }
  switch (model.protocol) {
    case 'anthropic':
      return createAnthropic(settings)(model.name)
    case 'openai-responses':
      return createOpenAI(settings).responses(model.name)
    case 'openai-chat':
      return createOpenAICompatible({ ...settings, name: 'gateway', includeUsage: true })(model.name)
    case 'gemini':
      return createGoogleGenerativeAI({ ...settings, baseURL: `${root}/v1beta` })(model.name)
  }
}

function fetchThrough(dispatcher: Agent): typeof globalThis.fetch {
  // undici's own fetch, because the one built into Node takes no dispatcher of another undici version.
  const through = (input: unknown, init?: object) =>
    undiciFetch(input as Parameters<typeof undiciFetch>[0], { ...init, dispatcher })
  return through as unknown as typeof globalThis.fetch
}
