import type { Context, MiddlewareHandler } from 'hono'
import { CONFIRMATION_HEADER } from '#contract/policy.ts'
import type { Authenticate } from '#identity/authenticate.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { type Confirmed, readConfirmation } from '#policy/confirmed.ts'
import type { BrowserDoor } from './browser-door.ts'
import { ORGANISATION_HEADER, refuseForged } from './cookie-guard.ts'
import { problemResponse } from './problem.ts'
import type { HttpEnvironment } from './route.ts'
import { addressOf } from './sign-in/request.ts'

/** Finds out who asks, by their token or else their session, and what they proved along with it. */
export function authenticated(
  authenticate: Authenticate,
  browsers: BrowserDoor | undefined,
): MiddlewareHandler<HttpEnvironment> {
  return async (context, next) => {
    const ask = whoAsks(context, authenticate, browsers)
    if (!ask.ok) return problemResponse(ask.failure)
    const actor = await ask.value()
    if (!actor.ok) return problemResponse(actor.failure)
    const confirmed = await confirmation(context, actor.value, browsers)
    if (!confirmed.ok) return problemResponse(confirmed.failure)
    context.set(
      'actor',
      confirmed.value === undefined ? actor.value : { ...actor.value, confirmed: confirmed.value },
    )
    context.set('authenticateAgain', ask.value)
    await next()
    // What a session saw must not be there for whoever uses the browser after it.
    if (bySession(context)) context.header('cache-control', 'no-store')
    return undefined
  }
}

/** A token is enough by itself. Cookies, which a browser also sends where somebody else made it ask, are looked at twice. */
function whoAsks(
  context: Context,
  authenticate: Authenticate,
  browsers: BrowserDoor | undefined,
): Result<() => Promise<Result<Actor>>> {
  const token = context.req.header('authorization')
  const cookies = context.req.header('cookie')
  if (browsers === undefined || cookies === undefined || !bySession(context))
    return ok(() => authenticate(token))
  const forged = refuseForged(context.req.method, (name) => context.req.header(name), browsers.origin())
  if (forged !== undefined) return { ok: false, failure: forged }
  const organisation = context.req.header(ORGANISATION_HEADER)
  return ok(async () => {
    const actor = await browsers.actorOfCookies(cookies, organisation)
    return actor === undefined ? authenticate(undefined) : ok(actor)
  })
}

const SESSION = /(^|; )(__Host-)?airlock\.session_token=/

function bySession(context: Context): boolean {
  const cookies = context.req.header('cookie') ?? ''
  return context.req.header('authorization') === undefined && SESSION.test(cookies)
}

async function confirmation(
  context: Context,
  actor: Actor,
  browsers: BrowserDoor | undefined,
): Promise<Result<Confirmed | undefined>> {
  const said = context.req.header(CONFIRMATION_HEADER)
  const code = /^totp ([0-9]{6})$/.exec(said ?? '')?.[1]
  if (code === undefined || browsers === undefined) return ok(readConfirmation(said))
  const proven = await browsers.proveSecondFactor(actor, code, addressOf(context, browsers.origin()))
  return proven.ok ? ok({ method: 'second-factor' }) : proven
}
