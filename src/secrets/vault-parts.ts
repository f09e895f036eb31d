import type { RandomBytes } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { Store } from '#store/database.ts'
import type { KeyWrap } from './key-wrap.ts'

export interface VaultParts {
  readonly store: Pick<Store, 'inOrganisation' | 'organisations'>
  readonly keys: KeyWrap
  readonly random: RandomBytes
  readonly clock: Clock
}
