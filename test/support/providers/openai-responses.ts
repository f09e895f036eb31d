import {
  type Dialect,
  SCRIPT_KEY,
  type ScriptedProvider,
  sse,
  startProvider,
  type Turn,
} from './scripted-provider.ts'

/** Speaks OpenAI Responses: typed events, the whole response with its usage in the last of them. */
export function startOpenaiResponses(host: Partial<Dialect> = {}): Promise<ScriptedProvider> {
  return startProvider({
    paths: ['/v1/responses'],
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
  const output = [
    ...(turn.text === undefined
      ? []
      : [
          {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: turn.text, annotations: [] }],
          },
        ]),
    ...(turn.toolCalls ?? []).map(({ id, name, input }) => ({
      id: `fc_${id}`,
      type: 'function_call',
      status: 'completed',
      call_id: id,
      name,
      arguments: JSON.stringify(input),
    })),
  ]
  const input_tokens = turn.usage?.input ?? 10
  const output_tokens = turn.usage?.output ?? 5
  const usage = {
    input_tokens,
    input_tokens_details: { cached_tokens: turn.usage?.cacheRead ?? 0 },
    output_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + output_tokens,
  }
  const base = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    model: body.model,
    error: null,
    incomplete_details: null,
  }
  const whole = { ...base, status: 'completed', output, usage }
  let sequence_number = 0
  const event = (type: string, more: object) =>
    sse(type, { type, sequence_number: sequence_number++, ...more })
  return {
    json: whole,
    events: [
      event('response.created', { response: { ...base, status: 'in_progress', output: [], usage: null } }),
      ...output.flatMap((item, output_index) => [
        event('response.output_item.added', { output_index, item: emptied(item) }),
        ...inner(item, output_index, event),
        event('response.output_item.done', { output_index, item }),
      ]),
      event('response.completed', { response: whole }),
    ],
  }
}

type Item = { id: string; type: string; arguments?: string; content?: { text: string }[] }

function emptied(item: Item): object {
  return item.type === 'message'
    ? { ...item, status: 'in_progress', content: [] }
    : { ...item, status: 'in_progress', arguments: '' }
}

function inner(item: Item, output_index: number, event: (type: string, more: object) => string): string[] {
  const at = { item_id: item.id, output_index }
  if (item.type !== 'message')
    return [
      event('response.function_call_arguments.delta', { ...at, delta: item.arguments }),
      event('response.function_call_arguments.done', { ...at, arguments: item.arguments }),
    ]
  const text = item.content?.[0]?.text ?? ''
  return [
    event('response.content_part.added', {
      ...at,
      content_index: 0,
      part: { type: 'output_text', text: '', annotations: [] },
    }),
    ...(text.match(/.{1,20}/gs) ?? []).map((delta) =>
      event('response.output_text.delta', { ...at, content_index: 0, delta }),
    ),
    event('response.output_text.done', { ...at, content_index: 0, text }),
  ]
}
