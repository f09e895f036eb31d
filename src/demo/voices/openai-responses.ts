import { type Answer, callId, list, pieces, textOf, type Voice } from './voice.ts'

/** OpenAI Responses. */
export const openaiResponsesVoice: Voice = {
  path: '/v1/responses',
  conversation(body) {
    const input = list(body.input)
    const results: string[] = []
    let turn = 0
    let inTurn = false
    for (const item of input) {
      const fromModel =
        item.role === 'assistant' || item.type === 'function_call' || item.type === 'reasoning'
      if (fromModel && !inTurn) {
        turn++
        results.length = 0
      }
      inTurn = fromModel
      if (item.type === 'function_call_output') results.push(textOf(item.output))
    }
    return { model: textOf(body.model), turn, toolResults: results }
  },
  whole(answer) {
    return { ...response(answer), status: 'completed', output: items(answer), usage: usageOf(answer) }
  },
  *events(answer) {
    let sequence_number = 0
    const event = (type: string, rest: object) =>
      [type, { type, sequence_number: sequence_number++, ...rest }] as const
    yield event('response.created', { response: { ...response(answer), status: 'in_progress', output: [] } })
    for (const [output_index, item] of items(answer).entries()) {
      const at = { output_index, item_id: item.id }
      if (item.type === 'message') {
        const [part] = item.content
        const text = part?.text ?? ''
        const where = { ...at, content_index: 0 }
        yield event('response.output_item.added', {
          output_index,
          item: { ...item, status: 'in_progress', content: [] },
        })
        yield event('response.content_part.added', { ...where, part: { ...part, text: '' } })
        for (const delta of pieces(text))
          yield event('response.output_text.delta', { ...where, delta, logprobs: [] })
        yield event('response.output_text.done', { ...where, text, logprobs: [] })
        yield event('response.content_part.done', { ...where, part })
      } else {
        yield event('response.output_item.added', {
          output_index,
          item: { ...item, status: 'in_progress', arguments: '' },
        })
        for (const delta of pieces(item.arguments))
          yield event('response.function_call_arguments.delta', { ...at, delta })
        yield event('response.function_call_arguments.done', { ...at, arguments: item.arguments })
      }
      yield event('response.output_item.done', { output_index, item })
    }
    const response_ = {
      ...response(answer),
      status: 'completed',
      output: items(answer),
      usage: usageOf(answer),
    }
    yield event('response.completed', { response: response_ })
  },
  refusal(status, message) {
    return {
      error: {
        message,
        type: status === 401 ? 'invalid_request_error' : 'server_error',
        param: null,
        code: null,
      },
    }
  },
}

function response({ id, model }: Answer) {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: 1_700_000_000,
    model,
    error: null,
    incomplete_details: null,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    service_tier: 'default',
  }
}

function items(answer: Answer) {
  const { text, toolCalls = [] } = answer.turn
  const message = {
    id: `msg_${answer.id}`,
    type: 'message' as const,
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text: text ?? '', annotations: [], logprobs: [] }],
  }
  const calls = toolCalls.map(({ name, input }, index) => ({
    id: `fc_${callId(answer, index)}`,
    type: 'function_call' as const,
    status: 'completed',
    call_id: callId(answer, index),
    name,
    arguments: JSON.stringify(input),
  }))
  return [...(text ? [message] : []), ...calls]
}

function usageOf({ usage }: Answer) {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
  }
}
