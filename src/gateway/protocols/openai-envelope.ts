import { idsIn, type JsonObject } from './protocol.ts'

/** What both of OpenAI's protocols answer alike. */
export const openaiEnvelope = {
  authentication: (key: string) => ({ authorization: `Bearer ${key}` }),

  error: (status: number, message: string): JsonObject => ({
    error: {
      message,
      type: ERROR_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error'),
      param: null,
      code: ERROR_CODES[status] ?? null,
    },
  }),

  models: (names: readonly string[]): JsonObject => ({
    object: 'list',
    data: names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'airlock' })),
  }),

  namesIn: idsIn,
}

const ERROR_TYPES: Readonly<Record<number, string>> = {
  402: 'insufficient_quota',
  403: 'permission_error',
  429: 'rate_limit_error',
}

const ERROR_CODES: Readonly<Record<number, string>> = { 402: 'budget_exhausted', 403: 'not_allowed' }
