import { appendMember } from '../top-level-keys.ts'
import { type Usage, usageFrom } from '../usage.ts'
import {
  foldedKeys,
  forbiddenPart,
  hostedTool,
  manyAnswers,
  outputBound,
  refersToStored,
  remoteContent,
  serviceOrder,
  serviceTier,
} from './hazards.ts'
import { openaiEnvelope } from './openai-envelope.ts'
import {
  type Hazard,
  isObject,
  type JsonObject,
  type ModelProtocol,
  objectsIn,
  parseObject,
  plainPaths,
} from './protocol.ts'

/** Chat Completions, also as other servers speak it. A stream says usage only if asked to, in its last chunk. */
export const openaiChat: ModelProtocol = {
  ...openaiEnvelope,
  name: 'openai-chat',
  ...plainPaths({ '/chat/completions': 'generate' }),

  request(said) {
    const body = foldedKeys(said)
    return {
      model: typeof said.model === 'string' ? said.model : undefined,
      stream: body.stream === true,
      outputTokens: outputBound(body.max_completion_tokens, body.max_tokens),
      addsStored: refersToStored(body.messages),
      hazard:
        hostedTool(objectsIn(body.tools), /^(function|custom)$/) ??
        namelessTool(objectsIn(body.tools)) ??
        forbiddenPart(body, 'model.hosted-tool', ['web_search_options', 'plugins']) ??
        // routers fall back to other models when these are given
        forbiddenPart(body, 'model.not-allowed', ['models', 'preset']) ??
        manyAnswers(body) ??
        serviceTier(body) ??
        serviceOrder(body) ??
        remoteContent({ messages: body.messages, documents: body.documents }),
    }
  },

  inject(text, body) {
    if (body.stream !== true) return undefined
    if (isObject(body.stream_options) && body.stream_options.include_usage === true) return undefined
    if (!('stream_options' in body)) return appendMember(text, '"stream_options":{"include_usage":true}')
    const options = isObject(body.stream_options) ? body.stream_options : {}
    return JSON.stringify({ ...body, stream_options: { ...options, include_usage: true } })
  },

  usage: (response) => (isObject(response.usage) ? usageOf(response.usage) : undefined),

  usageReader() {
    let usage: Usage | undefined
    let done = false
    return {
      read(data) {
        if (data === '[DONE]') done = true
        if (!data.includes('"usage"')) return
        const chunk = parseObject(data)
        if (isObject(chunk?.usage)) usage = usageOf(chunk.usage)
      },
      usage: (ended) => (done || ended ? usage : undefined), // some servers count up in every chunk
      said: () => usage,
    }
  },

  probe: (model) => ({
    path: '/chat/completions',
    body: { model, max_tokens: 16, messages: [{ role: 'user', content: 'ping' }] },
  }),
}

/** `{"google_search": {}}`: some take a tool of their own without any type. */
function namelessTool(tools: readonly JsonObject[]): Hazard | undefined {
  const tool = tools.map(foldedKeys).find((each) => each.function === undefined && each.custom === undefined)
  return tool && { rule: 'model.hosted-tool', found: `tool ${Object.keys(tool).join(', ').slice(0, 100)}` }
}

function usageOf(usage: JsonObject): Usage | undefined {
  if (typeof usage.completion_tokens !== 'number' && typeof usage.prompt_tokens !== 'number') return undefined
  const details = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {}
  return usageFrom({
    input: usage.prompt_tokens,
    cacheRead: details.cached_tokens,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: usage.completion_tokens,
  })
}
