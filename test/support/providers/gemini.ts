import {
  type Dialect,
  SCRIPT_KEY,
  type ScriptedProvider,
  sse,
  startProvider,
  type Turn,
} from './scripted-provider.ts'

/** Speaks generateContent as https://ai.google.dev/api/generate-content describes it: whole, as events, or as one list. */
export function startGemini(host: Partial<Dialect> = {}): Promise<ScriptedProvider> {
  return startProvider({
    paths: ['generateContent', 'streamGenerateContent'].map(
      (verb) => `/v1beta/models/gemini-2.5-pro:${verb}`,
    ),
    render,
    streams: (path) => path.endsWith(':streamGenerateContent'),
    streamsAsList: (query) => query !== 'alt=sse',
    modelsPath: '/v1beta/models',
    models: {
      models: [
        {
          name: 'models/gemini-2.5-pro',
          version: '2.5',
          displayName: 'Gemini 2.5 Pro',
          supportedGenerationMethods: ['generateContent', 'countTokens'],
        },
      ],
    },
    authenticated: (headers) => headers['x-goog-api-key'] === SCRIPT_KEY,
    unauthenticated: { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT' } },
    fixed: { '/v1beta/models/gemini-2.5-pro:countTokens': { totalTokens: 42 } },
    ...host,
  })
}

function render(turn: Turn) {
  const output = turn.usage?.output ?? 5
  const head = { modelVersion: 'gemini-2.5-pro', responseId: 'r-1' }
  const parts = [
    ...(turn.text?.match(/.{1,20}/gs) ?? []).map((text) => ({ text })),
    ...(turn.toolCalls ?? []).map(({ name, input }) => ({
      functionCall: { name, args: input },
      thoughtSignature: 'c2lnbmF0dXJl',
    })),
  ]
  const input = turn.usage?.input ?? 10
  const cached = turn.usage?.cacheRead ?? 0
  /** Of the output, all but two tokens were thought: a reader that leaves them out counts two. */
  const usageAt = (candidates: number) => ({
    promptTokenCount: input,
    candidatesTokenCount: candidates,
    totalTokenCount: input + candidates + output - 2,
    ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
    thoughtsTokenCount: output - 2,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
  })
  const piece = (some: object[], last: boolean) => ({
    candidates: [
      { content: { parts: some, role: 'model' }, index: 0, ...(last ? { finishReason: 'STOP' } : {}) },
    ],
    usageMetadata: usageAt(last ? 2 : 1),
    ...head,
  })
  const pieces = parts.map((part, index) => piece([part], index === parts.length - 1))
  return {
    json: piece(parts, true),
    events: pieces.map((each) => sse(undefined, each).replace(/\n\n$/, '\r\n\r\n')),
    list: pieces,
  }
}
