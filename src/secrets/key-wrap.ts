/** What something encrypted belongs to: authenticated with it, no secret itself. */
export type Label = Readonly<Record<string, string>>

export interface WrappedKey {
  /** Which key-encryption key it is under, such as `local:3f2a90c41b7d5e68`: the kind of the keys, a colon, a name among them. */
  readonly key: string
  readonly wrapped: Uint8Array
}

/**
 * Wraps the keys of secrets under key-encryption keys that stand elsewhere. Throws AirlockError `vault_unavailable`: where
 * the key is gone or cannot be reached, and for what was wrapped for another label or was changed since.
 */
export interface KeyWrap {
  /** The first word of the names of its keys. */
  readonly kind: string
  /** Under the newest key. */
  wrap(dataKey: Uint8Array, label: Label): Promise<WrappedKey>
  /** New bytes, for the caller to clear. */
  unwrap(wrapped: WrappedKey, label: Label): Promise<Uint8Array>
  /** Makes a newer key. Absent where keys are made by others. */
  renew?(): Promise<void>
  /** Forgets every key that is neither the newest nor one of these. Absent where keys are kept by others. */
  retire?(used: ReadonlySet<string>): Promise<void>
}
