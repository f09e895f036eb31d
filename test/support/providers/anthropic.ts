import {
  type Dialect,
  SCRIPT_KEY,
  type ScriptedProvider,
  sse,
  startProvider,
  type Turn,
} from './scripted-provider.ts'

/** Speaks Anthropic Messages as https://docs.anthropic.com/en/api/messages-streaming describes it. */
export function startAnthropic(host: Partial<Dialect> = {}): Promise<ScriptedProvider> {
  return startProvider({
    paths: ['/v1/messages'],
    render,
    models: { data: [{ type: 'model', id: 'claude-opus-4-8', display_name: 'Opus' }], has_more: false },
    authenticated: (headers) => headers['x-api-key'] === SCRIPT_KEY,
    unauthenticated: { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } },
    fixed: { '/v1/messages/count_tokens': { input_tokens: 42 } },
    ...host,
  })
}

function render(turn: Turn, body: Record<string, unknown>) {
  const content = [
    ...(turn.text === undefined ? [] : [{ type: 'text', text: turn.text }]),
    ...(turn.toolCalls ?? []).map((call) => ({ type: 'tool_use', ...call })),
  ]
  const stop_reason = turn.toolCalls?.length ? 'tool_use' : 'end_turn'
  const usage = {
    input_tokens: turn.usage?.input ?? 10,
    cache_creation_input_tokens: turn.usage?.cacheWrite ?? 0,
    cache_read_input_tokens: turn.usage?.cacheRead ?? 0,
    cache_creation: { ephemeral_5m_input_tokens: turn.usage?.cacheWrite ?? 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: turn.usage?.output ?? 5,
    service_tier: 'standard',
  }
  const message = { id: 'msg_01', type: 'message', role: 'assistant', model: body.model, stop_sequence: null }
  const blocks = content.flatMap((block, index) => [
    sse('content_block_start', {
      type: 'content_block_start',
      index,
      content_block: 'text' in block ? { type: 'text', text: '' } : { ...block, input: {} },
    }),
    ...pieces('text' in block ? block.text : JSON.stringify(block.input)).map((piece) =>
      sse('content_block_delta', {
        type: 'content_block_delta',
        index,
        delta:
          'text' in block
            ? { type: 'text_delta', text: piece }
            : { type: 'input_json_delta', partial_json: piece },
      }),
    ),
    sse('content_block_stop', { type: 'content_block_stop', index }),
  ])
  return {
    json: { ...message, content, stop_reason, usage },
    events: [
      sse('message_start', {
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
      }),
      sse('ping', { type: 'ping' }),
      ...blocks,
      sse('message_delta', {
        type: 'message_delta',
        delta: { stop_reason, stop_sequence: null },
        usage: { output_tokens: usage.output_tokens },
      }),
      sse('message_stop', { type: 'message_stop' }),
    ],
  }
}

function pieces(text: string): string[] {
  return text.match(/.{1,20}/gs) ?? ['']
}
