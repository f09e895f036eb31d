import type { Clock } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Provider } from '../gateway.ts'
import { parseProviderAddress } from '../provider-address.ts'
import { redactionOf } from '../redact.ts'
import { appendMember, replaceTextMember, topLevelKeys } from '../top-level-keys.ts'
import type { Endpoint, EndpointCall, Pass } from './endpoint.ts'
import { createGoogleToken } from './google-token.ts'

/**
 * Google Cloud's Vertex AI, whose base URL ends in `/v1/projects/<project>/locations/<location>`: Gemini and Claude in
 * the paths of their publishers, everything else by Chat Completions. Claude's model stands in the path instead of the body.
 */
export function vertexEndpoint(provider: Provider, clock: Clock): Result<Endpoint> {
  const address = parseProviderAddress(provider.baseUrl)
  if (!address.ok) return address
  if (!/\/projects\/[^/]+\/locations\/[^/]+\/?$/.test(provider.baseUrl))
    return invalid(
      'The base URL of Vertex AI names a project and a location.',
      'Give it as https://<location>-aiplatform.googleapis.com/v1/projects/<project>/locations/<location>.',
    )
  const token = createGoogleToken(provider.key, clock)
  if (!token.ok) return token
  const target = TARGETS[provider.protocol]
  if (target === undefined)
    return invalid(
      'Vertex AI does not speak OpenAI Responses.',
      'Use --protocol gemini, anthropic or openai-chat.',
    )
  let last: { readonly token: string; readonly pass: Pass } | undefined
  return ok({
    origin: address.value.origin,
    target: (call) => address.value.pathOf(target(call)),
    models: undefined,
    async pass() {
      const current = await token.value()
      if (last?.token !== current) last = { token: current, pass: passOf(current) }
      return last.pass
    },
    body: (body, call) => (provider.protocol === 'anthropic' ? claudeBody(body, call) : body),
  })
}

const TARGETS: Readonly<Partial<Record<Provider['protocol'], (call: EndpointCall) => string>>> = {
  gemini: ({ apiPath, query }) => `/publishers/google${apiPath}${query}`,
  anthropic: ({ purpose, model, stream }) =>
    purpose === 'count'
      ? '/publishers/anthropic/models/count-tokens:rawPredict'
      : `/publishers/anthropic/models/${inPath(model)}:${stream ? 'streamRawPredict' : 'rawPredict'}`,
  'openai-chat': ({ apiPath }) => `/endpoints/openapi${apiPath}`,
}

const CLAUDE_VERSION = '"anthropic_version":"vertex-2023-10-16"'

function claudeBody(body: Buffer, { purpose }: EndpointCall): Buffer {
  const text = body.toString()
  if (topLevelKeys(text).includes('anthropic_version')) return body
  return Buffer.from(
    purpose === 'count'
      ? appendMember(text, CLAUDE_VERSION)
      : replaceTextMember(text, 'model', CLAUDE_VERSION),
  )
}

/** Versions of models are written `claude-opus-4-1@20250805`. */
function inPath(model: string): string {
  return encodeURIComponent(model).replaceAll('%40', '@')
}

function passOf(token: string): Pass {
  return { headers: { authorization: `Bearer ${token}` }, redaction: redactionOf(token) }
}

function invalid(message: string, remedy: string) {
  return refused({ code: 'invalid_configuration', message, remedy })
}
