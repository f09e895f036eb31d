import { type Usage, usageFrom, whole } from '../usage.ts'
import {
  foldedKeys,
  forbiddenPart,
  hostedTool,
  outputBound,
  refersToStored,
  remoteContent,
  serviceOrder,
  serviceTier,
} from './hazards.ts'
import {
  idsIn,
  isObject,
  type JsonObject,
  type ModelProtocol,
  objectsIn,
  parseObject,
  plainPaths,
} from './protocol.ts'

/** Anthropic Messages. Its `input_tokens` leaves out the cache; its stream says input at the start, output at the end. */
export const anthropic: ModelProtocol = {
  name: 'anthropic',
  ...plainPaths({ '/messages': 'generate', '/messages/count_tokens': 'count' }),

  authentication: (key) => ({ 'x-api-key': key }),

  request(said) {
    const body = foldedKeys(said)
    return {
      model: typeof said.model === 'string' ? said.model : undefined,
      stream: body.stream === true,
      outputTokens: outputBound(body.max_tokens),
      addsStored: refersToStored([body.system, body.messages]),
      hazard:
        hostedTool(objectsIn(body.tools), CLIENT_TOOLS) ??
        forbiddenPart(body, 'model.hosted-tool', ['mcp_servers', 'container']) ??
        serviceTier(body) ??
        serviceOrder(body) ??
        remoteContent([body.system, body.messages]),
    }
  },

  inject: () => undefined,

  usage: (response) => (isObject(response.usage) ? usageOf(response.usage) : undefined),

  usageReader() {
    let start: JsonObject = {}
    let final: JsonObject | undefined
    return {
      read(data) {
        if (!data.includes('"usage"')) return
        const event = parseObject(data)
        if (event?.type === 'message_start' && isObject(event.message) && isObject(event.message.usage))
          start = event.message.usage
        if (event?.type === 'message_delta' && isObject(event.usage)) final = withoutNulls(event.usage)
      },
      usage: () => final && usageOf({ ...start, ...final }),
      said: () => usageOf({ ...start, ...final }),
    }
  },

  error: (status, message) => ({
    type: 'error',
    error: { type: ERROR_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'), message },
  }),

  models: (names) => ({
    data: names.map((id) => ({ type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' })),
    has_more: false,
    first_id: names[0] ?? null,
    last_id: names.at(-1) ?? null,
  }),

  namesIn: idsIn,

  probe: (model) => ({
    path: '/messages',
    body: { model, max_tokens: 1, messages: [{ role: 'user', content: 'ping' }] },
  }),
}

const CLIENT_TOOLS = /^(custom|(bash|text_editor|computer|memory)_\d{8}|tool_search_tool_\w+_\d{8})$/

const ERROR_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

function usageOf(usage: JsonObject): Usage | undefined {
  if (typeof usage.output_tokens !== 'number') return undefined
  const cacheRead = whole(usage.cache_read_input_tokens)
  const cacheWrite = whole(usage.cache_creation_input_tokens)
  return usageFrom({
    input: whole(usage.input_tokens) + cacheRead + cacheWrite,
    cacheRead,
    cacheWrite,
    cacheWriteHour: isObject(usage.cache_creation) ? usage.cache_creation.ephemeral_1h_input_tokens : 0,
    output: usage.output_tokens,
  })
}

/** A null in the last event means "as said before". */
function withoutNulls(usage: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null))
}
