import type { Clock } from '#kernel/instant.ts'
import type { Result } from '#kernel/result.ts'
import type { Provider } from '../gateway.ts'
import { azureEndpoint } from './azure.ts'
import type { Endpoint } from './endpoint.ts'
import { plainEndpoint } from './plain.ts'
import { vertexEndpoint } from './vertex.ts'

/** Refuses with `invalid_configuration` what is no address, or a protocol that the service does not speak. */
export function openEndpoint(provider: Provider, clock: Clock): Result<Endpoint> {
  switch (provider.service) {
    case 'azure':
      return azureEndpoint(provider)
    case 'vertex':
      return vertexEndpoint(provider, clock)
    default:
      return plainEndpoint(provider)
  }
}
