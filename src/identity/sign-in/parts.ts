import type { RandomBytes } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import { type Result, refused } from '#kernel/result.ts'
import type { Store } from '#store/database.ts'
import type { Engine } from './engine.ts'

/** What every way of signing in works with. */
export interface SignInParts {
  readonly engine: Engine
  readonly store: Store
  readonly clock: Clock
  readonly random: RandomBytes
  readonly secret: string
  readonly origin: string
}

/** What a browser is told to keep, beside whatever else comes of it. */
export interface WithCookies {
  readonly cookies: readonly string[]
}

/** The one answer to everything that proves nothing: it tells nobody which part was wrong, or whether anybody is known. */
export function notProven(): Result<never> {
  return refused({
    code: 'unauthenticated',
    message: 'That did not work.',
    rule: 'sign-in.proof',
    remedy: 'Check what you entered. After many tries, wait a quarter of an hour.',
  })
}

/** What only somebody who is signed in may ask for. */
export function notSignedIn(): Result<never> {
  return refused({
    code: 'unauthenticated',
    message: 'You are not signed in, or not for long enough ago.',
    rule: 'sign-in.session',
    remedy: 'Sign in again.',
  })
}

/** Runs a call of the engine; undefined when it refused. */
export async function answered(
  call: Promise<Response>,
): Promise<{ body: unknown; cookies: string[] } | undefined> {
  const response = await call
  const text = await response.text()
  if (response.status >= 500)
    throw new Error(`the sign-in engine failed with status ${response.status}: ${text.slice(0, 500)}`)
  if (!response.ok) return undefined
  return { body: text === '' ? undefined : JSON.parse(text), cookies: response.headers.getSetCookie() }
}
