import type { RandomBytes } from '#kernel/ids.ts'
import type { KeyWrap, Label, WrappedKey } from './key-wrap.ts'
import { KEY_BYTES, openBytes, sealBytes } from './sealed-bytes.ts'
import { notAsSealed } from './vault-failure.ts'

/** Something sealed under a key that is used for nothing else, and that key wrapped. */
export interface Envelope extends WrappedKey {
  readonly sealed: Uint8Array
}

export async function seal(
  content: Uint8Array,
  label: Label,
  keys: KeyWrap,
  random: RandomBytes,
): Promise<Envelope> {
  const dataKey = random(KEY_BYTES)
  try {
    const sealed = sealBytes(dataKey, content, label, random)
    return { sealed, ...(await keys.wrap(dataKey, label)) }
  } finally {
    dataKey.fill(0)
  }
}

/** New bytes, for the caller to clear. Throws what `KeyWrap` throws. */
export async function open(envelope: Envelope, label: Label, keys: KeyWrap): Promise<Uint8Array> {
  const dataKey = await keys.unwrap(envelope, label)
  try {
    const content = dataKey.length === KEY_BYTES ? openBytes(dataKey, envelope.sealed, label) : undefined
    if (content === undefined) throw notAsSealed(envelope.key)
    return content
  } finally {
    dataKey.fill(0)
  }
}

/** The same data key under the newest key: what it seals is not touched. */
export async function rewrap(wrapped: WrappedKey, label: Label, keys: KeyWrap): Promise<WrappedKey> {
  const dataKey = await keys.unwrap(wrapped, label)
  try {
    // Whoever keeps keys may give back something else; wrapped in place of the right one, that would be lost.
    if (dataKey.length !== KEY_BYTES) throw notAsSealed(wrapped.key)
    return await keys.wrap(dataKey, label)
  } finally {
    dataKey.fill(0)
  }
}
