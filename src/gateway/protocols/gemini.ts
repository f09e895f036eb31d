import { type Usage, usageFrom, whole } from '../usage.ts'
import { configsOf, geminiHazard, saidAs } from './gemini-hazards.ts'
import { outputBound } from './hazards.ts'
import { isObject, type JsonObject, type ModelProtocol, objectsIn, parseObject } from './protocol.ts'

/**
 * Gemini's generateContent. The path names the model and says whether to stream; usage counts up in every piece, its
 * input includes the cache and its `candidatesTokenCount` leaves out what was thought.
 */
export const gemini: ModelProtocol = {
  name: 'gemini',
  version: 'v1beta',
  paths: [
    '/models/{model}:generateContent',
    '/models/{model}:streamGenerateContent',
    '/models/{model}:countTokens',
  ],

  callAt(path) {
    const [, model = '', verb = ''] = /^\/models\/([A-Za-z0-9][\w.-]{0,199}):([A-Za-z]+)$/.exec(path) ?? []
    switch (verb) {
      case 'generateContent':
        return { purpose: 'generate', model, stream: false }
      case 'streamGenerateContent':
        return { purpose: 'generate', model, stream: true }
      case 'countTokens':
        return { purpose: 'count', model, stream: false }
      default:
        return undefined
    }
  },

  pathFor: (path, model) => path.replace(/^\/models\/[^:]+/, `/models/${encodeURIComponent(model)}`),

  query: /^alt=(sse|json)$/, // `fields` would hide the usage

  authentication: (key) => ({ 'x-goog-api-key': key }),

  request(body, { model, stream }) {
    return {
      model,
      stream: stream === true,
      outputTokens: outputBound(...configsOf(body).flatMap((config) => saidAs(config, 'maxOutputTokens'))),
      addsStored: false, // what is stored is refused
      hazard: geminiHazard(body, model ?? ''),
    }
  },

  inject: () => undefined,

  usage: (response) => usageOf(response.usageMetadata),

  usageReader() {
    let said: JsonObject = {}
    let finished = false
    return {
      read(data) {
        const chunk = parseObject(data)
        if (isObject(chunk?.usageMetadata)) said = { ...said, ...chunk.usageMetadata }
        if (objectsIn(chunk?.candidates).some((candidate) => candidate.finishReason !== undefined))
          finished = true
      },
      usage: (ended) => (finished || ended ? usageOf(said) : undefined),
      said: () => usageOf(said),
    }
  },

  error: (status, message) => ({
    error: {
      code: status,
      message,
      status: STATUSES[status] ?? (status < 500 ? 'FAILED_PRECONDITION' : 'INTERNAL'),
    },
  }),

  models: (names) => ({
    models: names.map((name) => ({
      name: `models/${name}`,
      displayName: name,
      supportedGenerationMethods: ['generateContent', 'countTokens'],
    })),
  }),

  namesIn: ({ models }) =>
    objectsIn(models).flatMap(({ name }) =>
      typeof name === 'string' ? [name.replace(/^models\//, '')] : [],
    ),

  probe: (model) => ({
    path: `/models/${encodeURIComponent(model)}:generateContent`,
    body: {
      contents: [{ role: 'user', parts: [{ text: 'ping' }] }],
      generationConfig: { maxOutputTokens: 1 },
    },
  }),
}

/** https://google.aip.dev/193. 402 has no name there; RESOURCE_EXHAUSTED would have clients try again. */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** Counts that are zero are left out. */
function usageOf(usage: unknown): Usage | undefined {
  if (!isObject(usage) || typeof usage.promptTokenCount !== 'number') return undefined
  return usageFrom({
    input: whole(usage.promptTokenCount) + whole(usage.toolUsePromptTokenCount),
    cacheRead: usage.cachedContentTokenCount,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: whole(usage.candidatesTokenCount) + whole(usage.thoughtsTokenCount),
  })
}
