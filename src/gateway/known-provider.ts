import type { Instant } from '#kernel/instant.ts'
import type { Provider } from './gateway.ts'

/** A provider and where it came from; the key stays on this side of the gateway. */
export interface KnownProvider extends Provider {
  readonly source: 'stored' | 'environment'
  readonly createdAt?: Instant
}
