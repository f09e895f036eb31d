import { AirlockError } from '#kernel/failure.ts'

/** A key that is not there any more: what it wrapped is lost until it comes back. */
export function keyLost(key: string, where: string): AirlockError {
  return new AirlockError({
    code: 'vault_unavailable',
    rule: 'vault.key-lost',
    message: `A secret is encrypted under the key ${key}, which ${where} does not hold.`,
    remedy:
      'Bring the key back from a backup, or store the secret again with `airlock secret set` and prune its old versions.',
    details: { key },
  })
}

/** Says of what stands in the database that it was changed there, or put in another's place. */
export function notAsSealed(key: string): AirlockError {
  return new AirlockError({
    code: 'vault_unavailable',
    rule: 'vault.not-as-sealed',
    message:
      'A secret cannot be decrypted: it was changed in the database, or belongs in another place there.',
    remedy:
      'Find out who wrote to the database; store the secret again with `airlock secret set` and prune its old versions.',
    details: { key },
  })
}

/** A service of keys that does not do what it is asked, with what it says about that. */
export function serviceFailed(service: string, key: string, reason: string): AirlockError {
  return new AirlockError({
    code: 'vault_unavailable',
    rule: 'vault.key-service',
    message: `${service} does not wrap or unwrap with the key ${key}: ${reason.slice(0, 300)}`,
    remedy: 'See that it can be reached and that its credential may use the key, then try again.',
    details: { key },
  })
}
