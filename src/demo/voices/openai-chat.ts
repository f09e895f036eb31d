import { type Answer, callId, list, pieces, textOf, type Voice } from './voice.ts'

/** OpenAI Chat Completions, as every compatible server speaks it. */
export const openaiChatVoice: Voice = {
  path: '/v1/chat/completions',
  conversation(body) {
    const messages = list(body.messages)
    const lastAssistant = messages.findLastIndex(({ role }) => role === 'assistant')
    return {
      model: textOf(body.model),
      turn: messages.filter(({ role }) => role === 'assistant').length,
      toolResults: messages
        .slice(lastAssistant + 1)
        .filter(({ role }) => role === 'tool')
        .map(({ content }) => textOf(content)),
    }
  },
  whole(answer) {
    const calls = toolCalls(answer)
    const message = {
      role: 'assistant',
      content: answer.turn.text ?? null,
      ...(calls.length > 0 && { tool_calls: calls }),
    }
    return {
      ...frame(answer, 'chat.completion'),
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish(answer) }],
      usage: usageOf(answer),
    }
  },
  *events(answer) {
    const chunk = (delta: object, finish_reason: string | null = null) =>
      [
        undefined,
        { ...frame(answer, 'chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason }] },
      ] as const
    yield chunk({ role: 'assistant', content: '' })
    for (const content of pieces(answer.turn.text ?? '')) yield chunk({ content })
    for (const [index, call] of toolCalls(answer).entries()) {
      yield chunk({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: '' } }] })
      for (const part of pieces(call.function.arguments))
        yield chunk({ tool_calls: [{ index, function: { arguments: part } }] })
    }
    yield chunk({}, finish(answer))
    yield [undefined, { ...frame(answer, 'chat.completion.chunk'), choices: [], usage: usageOf(answer) }]
    yield [undefined, '[DONE]']
  },
  refusal(_status, message) {
    return { error: { message, type: 'invalid_request_error', param: null, code: null } }
  },
}

function frame({ id, model }: Answer, object: string) {
  return { id: `chatcmpl-${id}`, object, created: 1_700_000_000, model }
}

function toolCalls(answer: Answer) {
  return (answer.turn.toolCalls ?? []).map(({ name, input }, index) => ({
    id: callId(answer, index),
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))
}

function finish({ turn }: Answer): string {
  return turn.toolCalls?.length ? 'tool_calls' : 'stop'
}

function usageOf({ usage }: Answer) {
  return {
    prompt_tokens: usage.input,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens: usage.output,
    completion_tokens_details: { reasoning_tokens: 0 },
    total_tokens: usage.input + usage.output,
  }
}
