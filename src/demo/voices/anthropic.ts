import { type Answer, callId, list, pieces, textOf, type Voice } from './voice.ts'

/** Anthropic Messages, version 2023-06-01. */
export const anthropicVoice: Voice = {
  path: '/v1/messages',
  conversation(body) {
    const messages = list(body.messages)
    const last = messages.at(-1)
    return {
      model: textOf(body.model),
      turn: messages.filter(({ role }) => role === 'assistant').length,
      toolResults: list(last?.content)
        .filter(({ type }) => type === 'tool_result')
        .map(({ content }) => textOf(content)),
    }
  },
  whole(answer) {
    return { ...message(answer), content: blocks(answer), ...stop(answer), usage: usageOf(answer) }
  },
  *events(answer) {
    const { output_tokens: _, ...input } = usageOf(answer)
    yield* named('message_start', { message: { ...message(answer), usage: { ...input, output_tokens: 1 } } })
    for (const [index, block] of blocks(answer).entries()) {
      if (block.type === 'text') {
        yield* named('content_block_start', { index, content_block: { type: 'text', text: '' } })
        for (const text of pieces(block.text))
          yield* named('content_block_delta', { index, delta: { type: 'text_delta', text } })
      } else {
        yield* named('content_block_start', { index, content_block: { ...block, input: {} } })
        for (const partial_json of pieces(JSON.stringify(block.input)))
          yield* named('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } })
      }
      yield* named('content_block_stop', { index })
    }
    yield* named('message_delta', { delta: stop(answer), usage: { output_tokens: answer.usage.output } })
    yield* named('message_stop', {})
  },
  refusal(status, text) {
    const type = status === 401 ? 'authentication_error' : 'invalid_request_error'
    return { type: 'error', error: { type, message: text } }
  },
}

function* named(type: string, rest: object): Iterable<readonly [string, unknown]> {
  yield [type, { type, ...rest }]
}

function message({ id, model }: Answer) {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  }
}

function blocks(answer: Answer) {
  const { text, toolCalls = [] } = answer.turn
  const calls = toolCalls.map(({ name, input }, index) => ({
    type: 'tool_use' as const,
    id: `toolu_${callId(answer, index)}`,
    name,
    input,
  }))
  return [...(text ? [{ type: 'text' as const, text }] : []), ...calls]
}

function stop({ turn }: Answer) {
  return { stop_reason: turn.toolCalls?.length ? 'tool_use' : 'end_turn', stop_sequence: null }
}

/** Anthropic counts cached input apart from `input_tokens`. */
function usageOf({ usage }: Answer) {
  return {
    input_tokens: usage.input - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    output_tokens: usage.output,
  }
}
