import { type Usage, usageFrom } from '../usage.ts'
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
import { openaiEnvelope } from './openai-envelope.ts'
import {
  isObject,
  type JsonObject,
  type ModelProtocol,
  objectsIn,
  parseObject,
  plainPaths,
} from './protocol.ts'

/** OpenAI Responses. Its `input_tokens` includes the cache; its stream says usage once, in the last event. */
export const openaiResponses: ModelProtocol = {
  ...openaiEnvelope,
  name: 'openai-responses',
  ...plainPaths({ '/responses': 'generate', '/responses/input_tokens': 'count' }),

  request(said) {
    const body = foldedKeys(said)
    return {
      model: typeof said.model === 'string' ? said.model : undefined,
      stream: body.stream === true,
      outputTokens: outputBound(body.max_output_tokens),
      addsStored:
        body.previous_response_id != null || body.conversation != null || refersToStored(body.input),
      hazard:
        // answered before it has run and billed: the budget would see nothing of it
        forbiddenPart(body, 'model.background', ['background']) ??
        hostedTool(allTools(body), CLIENT_TOOLS) ??
        // a stored prompt may name another model and hosted tools
        forbiddenPart(body, 'model.not-allowed', ['prompt', 'models']) ??
        serviceTier(body) ??
        serviceOrder(body) ??
        remoteContent(body.input),
    }
  },

  inject: () => undefined,

  usage: (response) => (isObject(response.usage) ? usageOf(response.usage) : undefined),

  usageReader() {
    let usage: Usage | undefined
    return {
      read(data) {
        if (!data.includes('"usage"')) return
        const event = parseObject(data)
        if (!event || !FINAL_EVENTS.has(String(event.type)) || !isObject(event.response)) return
        if (isObject(event.response.usage)) usage = usageOf(event.response.usage)
      },
      usage: () => usage,
      said: () => usage,
    }
  },

  probe: (model) => ({
    path: '/responses',
    body: { model, input: 'ping', max_output_tokens: 16, store: false },
  }),
}

const FINAL_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed'])
const CLIENT_TOOLS =
  /^(function|custom|local_shell|shell|apply_patch|computer|computer_use_preview|namespace|tool_search)$/

/** Tools also hide in namespaces and in `additional_tools` items of the input. */
function allTools(body: JsonObject): readonly JsonObject[] {
  const items = objectsIn(body.input).filter((item) => item.type === 'additional_tools')
  const found: JsonObject[] = []
  const open = [...objectsIn(body.tools), ...items.flatMap((item) => objectsIn(item.tools))]
  for (let tool = open.pop(); tool; tool = open.pop()) {
    found.push(isHostedShell(tool) ? { type: 'shell in a container of the provider' } : tool)
    open.push(...objectsIn(tool.tools))
  }
  return found
}

function isHostedShell(tool: JsonObject): boolean {
  return tool.type === 'shell' && isObject(tool.environment) && tool.environment.type !== 'local'
}

function usageOf(usage: JsonObject): Usage | undefined {
  if (typeof usage.output_tokens !== 'number') return undefined
  const details = isObject(usage.input_tokens_details) ? usage.input_tokens_details : {}
  return usageFrom({
    input: usage.input_tokens,
    cacheRead: details.cached_tokens,
    cacheWrite: 0,
    cacheWriteHour: 0,
    output: usage.output_tokens,
  })
}
