import { type Answer, list, pieces, textOf, type Voice } from './voice.ts'

/** Gemini's generateContent: the path names the model and says whether to stream. */
export const geminiVoice: Voice = {
  path: /^\/v1beta\/models\/[^/:]+:(?:stream)?[gG]enerateContent$/,
  streams: (path) => path.endsWith(':streamGenerateContent'),
  conversation(body, path) {
    const contents = list(body.contents)
    const last = contents.at(-1)
    return {
      model: /models\/([^/:]+):/.exec(path)?.[1] ?? '',
      turn: contents.filter(({ role }) => role === 'model').length,
      toolResults: list(last?.parts).flatMap(({ functionResponse }) =>
        functionResponse === undefined ? [] : [textOf(functionResponse)],
      ),
    }
  },
  whole: (answer) => response(answer, parts(answer), true),
  *events(answer) {
    const all = parts(answer)
    for (const [index, part] of all.entries())
      yield [undefined, response(answer, [part], index === all.length - 1)]
  },
  refusal: (status, message) => ({ error: { code: status, message, status: 'INVALID_ARGUMENT' } }),
}

function response({ id, model, usage }: Answer, some: readonly object[], last: boolean) {
  const thought = 1
  return {
    candidates: [
      { content: { role: 'model', parts: some }, index: 0, ...(last && { finishReason: 'STOP' }) },
    ],
    usageMetadata: {
      promptTokenCount: usage.input,
      cachedContentTokenCount: usage.cached,
      candidatesTokenCount: last ? usage.output - thought : 1,
      thoughtsTokenCount: thought,
      totalTokenCount: usage.input + usage.output,
    },
    modelVersion: model,
    responseId: id,
  }
}

/** A stream without any part would be no answer. */
function parts({ turn }: Answer): readonly object[] {
  const said = pieces(turn.text ?? '').map((text) => ({ text }))
  const calls = (turn.toolCalls ?? []).map(({ name, input }) => ({ functionCall: { name, args: input } }))
  const all = [...said, ...calls]
  return all.length > 0 ? all : [{ text: '' }]
}
