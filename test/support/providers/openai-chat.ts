import {
  type Dialect,
  SCRIPT_KEY,
  type ScriptedProvider,
  sse,
  startProvider,
  type Turn,
} from './scripted-provider.ts'

/** Speaks Chat Completions; usage in a stream only when `stream_options.include_usage` asks for it, as documented. */
export function startOpenaiChat(host: Partial<Dialect> = {}): Promise<ScriptedProvider> {
  return startProvider({
    paths: ['/v1/chat/completions'],
    render,
    models: { object: 'list', data: [{ id: 'gpt-5.5', object: 'model', created: 1, owned_by: 'openai' }] },
    authenticated: (headers) => headers.authorization === `Bearer ${SCRIPT_KEY}`,
    unauthenticated: {
      error: { message: 'Incorrect API key', type: 'invalid_request_error', code: 'invalid_api_key' },
    },
    ...host,
  })
}

function render(turn: Turn, body: Record<string, unknown>) {
  const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: body.model }
  const tool_calls = (turn.toolCalls ?? []).map(({ id, name, input }) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))
  const finish_reason = tool_calls.length ? 'tool_calls' : 'stop'
  const input = turn.usage?.input ?? 10
  const output = turn.usage?.output ?? 5
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: turn.usage?.cacheRead ?? 0 },
  }
  const chunk = (choices: object[], more: object = {}) =>
    sse(undefined, { ...head, object: 'chat.completion.chunk', choices, ...more })
  const delta = (part: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: part, finish_reason: finish }])
  const options = body.stream_options as { include_usage?: boolean } | undefined
  return {
    json: {
      ...head,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: turn.text ?? null,
            ...(tool_calls.length ? { tool_calls } : {}),
          },
          finish_reason,
        },
      ],
      usage,
    },
    events: [
      delta({ role: 'assistant', content: '' }),
      ...(turn.text?.match(/.{1,20}/gs) ?? []).map((content) => delta({ content })),
      ...tool_calls.map((call, index) => delta({ tool_calls: [{ index, ...call }] })),
      delta({}, finish_reason),
      ...(options?.include_usage ? [chunk([], { usage })] : []),
      sse(undefined, '[DONE]'),
    ],
  }
}
