import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { isToken, tokenHash } from './token.ts'

/** Finds who a live token stands for, by the token's hash; undefined for one that never was or was taken back. */
export type FindActor = (hash: Uint8Array) => Promise<Actor | undefined>

/** Turns the `Authorization` header of a request into who is asking. */
export type Authenticate = (authorization: string | undefined) => Promise<Result<Actor>>

/**
 * Bearer tokens only: there is no cookie a browser could be tricked into sending. The store is asked by the hash, so what
 * the time of its answer could tell is about a hash, from which no token can be made.
 */
export function createAuthenticate(find: FindActor): Authenticate {
  return async (authorization) => {
    const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return refuse('This needs a token.')
    const actor = isToken(token) ? await find(tokenHash(token)) : undefined
    return actor === undefined ? refuse('The token is not valid.') : ok(actor)
  }
}

function refuse(message: string): Result<never> {
  return refused({
    code: 'unauthenticated',
    message,
    rule: 'http.bearer',
    remedy: 'Send `Authorization: Bearer alk_…`; the CLI finds its own token in the data directory.',
  })
}
