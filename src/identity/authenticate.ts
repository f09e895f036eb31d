import { equalBytes, utf8 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { isToken, tokenHash } from './token.ts'

/** A stored token with whom it stands for. */
export interface TokenHolder {
  readonly hash: string
  readonly actor: Actor
}

/** Finds the live token with that hash; undefined for one that never was or was taken back. */
export type FindToken = (hash: string) => Promise<TokenHolder | undefined>

/** Turns the `Authorization` header of a request into who is asking. */
export type Authenticate = (authorization: string | undefined) => Promise<Result<Actor>>

/** Bearer tokens only: there is no cookie a browser could be tricked into sending. */
export function createAuthenticate(find: FindToken): Authenticate {
  return async (authorization) => {
    const token = /^Bearer ([\x21-\x7e]{1,200})$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return refuse('This needs a token.')
    if (!isToken(token)) return refuse('The token is not valid.')
    const hash = tokenHash(token)
    const holder = await find(hash)
    // The database compared an index key; this comparison takes the same time wherever the texts differ.
    if (holder === undefined || !equalBytes(utf8(holder.hash), utf8(hash)))
      return refuse('The token is not valid.')
    return ok(holder.actor)
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
