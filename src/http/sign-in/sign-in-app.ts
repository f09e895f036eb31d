import { Hono, type MiddlewareHandler } from 'hono'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import { problemResponse } from '../problem.ts'
import { accountPages } from './account-pages.ts'
import { devicePages } from './device-pages.ts'
import { invitationPages } from './invitation-pages.ts'
import { ONWARDS_SCRIPT } from './onwards-script.ts'
import { PASSKEY_SCRIPT } from './passkey-script.ts'
import { programRoutes } from './program-routes.ts'
import { resetPages } from './reset-pages.ts'
import { signInPages } from './sign-in-pages.ts'
import { SAML_RETURN, singleSignOnPages } from './single-sign-on-pages.ts'
import { STYLE } from './style.ts'

/** Everything under /auth: the only place where a cookie means anything. */
export function signInApp(signIn: SignIn): Hono {
  const app = new Hono()
  app.onError((thrown) => {
    throw thrown // answered by the app that this is a part of, like every bug
  })
  app.use('/auth/*', locked(), sameOrigin(signIn.origin))
  app.get('/auth/style.css', () => file(STYLE, 'text/css'))
  app.get('/auth/passkey.js', () => file(PASSKEY_SCRIPT, 'text/javascript'))
  app.get('/auth/onwards.js', () => file(ONWARDS_SCRIPT, 'text/javascript'))
  signInPages(app, signIn)
  singleSignOnPages(app, signIn)
  accountPages(app, signIn)
  invitationPages(app, signIn)
  resetPages(app, signIn)
  devicePages(app, signIn)
  programRoutes(app, signIn)
  return app
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Nothing inline, nothing from elsewhere, in nobody's frame, and in no cache. */
function locked(): MiddlewareHandler {
  return async (context, next) => {
    await next()
    context.header('content-security-policy', CONTENT_SECURITY_POLICY)
    context.header('cache-control', 'no-store')
  }
}

/**
 * A page elsewhere can make a browser send a form here with its cookies, but not with our name as its `Origin`. Whoever
 * comes by another of our names (127.0.0.1) is sent to the one that cookies and passkeys are bound to.
 */
function sameOrigin(origin: string): MiddlewareHandler {
  return async (context, next) => {
    const { method, path, url } = context.req
    const from = context.req.header('origin')
    if (method === 'GET' || method === 'HEAD') {
      const own = new URL(origin).host === context.req.header('host')?.toLowerCase()
      if (own) return next()
      const { pathname, search } = new URL(url)
      return context.redirect(`${origin}${pathname}${search}`, 307)
    }
    if (SAML_RETURN.test(path)) return next() // only shows what was sent, and asks for no cookie
    const withoutCookies = path.startsWith('/auth/cli/')
    if (withoutCookies ? from === undefined || from === origin : from === origin) return next()
    return problemResponse({
      code: 'permission_denied',
      message: 'This was sent from another page.',
      rule: 'sign-in.origin',
      remedy: `Open ${origin}/auth/sign-in and go on from there.`,
    })
  }
}

function file(text: string, type: string): Response {
  return new Response(text, { headers: { 'content-type': `${type}; charset=utf-8` } })
}
