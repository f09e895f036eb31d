import type { KeyWrap } from './key-wrap.ts'
import { keyLost } from './vault-failure.ts'

/** Wraps with the first, and unwraps with whichever wrapped: so that secrets can move from one to another. */
export function severalKeyWraps(first: KeyWrap, others: readonly KeyWrap[]): KeyWrap {
  const all = [first, ...others]
  return {
    ...first,
    async unwrap(wrapped, label) {
      const kind = wrapped.key.slice(0, wrapped.key.indexOf(':'))
      const owner = all.find((keys) => keys.kind === kind)
      if (owner === undefined) throw keyLost(wrapped.key, 'this server')
      return owner.unwrap(wrapped, label)
    },
    async retire(used) {
      for (const keys of all) await keys.retire?.(used)
    },
  }
}
