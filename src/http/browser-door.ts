import type { Hono } from 'hono'
import type { Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'

/** What the API needs of sign-in. */
export interface BrowserDoor {
  /** Where people reach this server. */
  origin(): string
  /** Loaded when the first is asked for. */
  pages(): Promise<Hono>
  /** Whom the session in these cookies stands for now: in the organisation that is named, else in their first. */
  actorOfCookies(cookies: string, organisation: string | undefined): Promise<Actor | undefined>
  /** Uses up a one-time code of the actor's own authenticator app. */
  proveSecondFactor(actor: Actor, code: string, address: string): Promise<Result<void>>
}
