import { ok, type Result } from '#kernel/result.ts'
import type { Provider } from '../gateway.ts'
import { PROTOCOLS } from '../protocols/by-name.ts'
import { parseProviderAddress } from '../provider-address.ts'
import { redactionOf } from '../redact.ts'
import type { Endpoint } from './endpoint.ts'

/** A provider that takes the protocol as its maker does: Anthropic, OpenAI, Google, OpenRouter, Bedrock, Ollama, vLLM. */
export function plainEndpoint(provider: Provider): Result<Endpoint> {
  const protocol = PROTOCOLS[provider.protocol]
  const address = parseProviderAddress(provider.baseUrl, protocol.version)
  if (!address.ok) return address
  const { origin, pathOf } = address.value
  const pass = { headers: protocol.authentication(provider.key), redaction: redactionOf(provider.key) }
  return ok({
    origin,
    target: ({ apiPath, query }) => pathOf(apiPath) + query,
    models: pathOf('/models'),
    pass: () => pass,
    body: (body) => body,
  })
}
