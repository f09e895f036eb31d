import type { Protocol } from '../gateway.ts'
import { anthropic } from './anthropic.ts'
import { gemini } from './gemini.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import type { ModelProtocol } from './protocol.ts'

export const PROTOCOLS: Readonly<Record<Protocol, ModelProtocol>> = {
  anthropic,
  'openai-responses': openaiResponses,
  'openai-chat': openaiChat,
  gemini,
}
