import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import { goTo, showAgain, showPage } from './answer.ts'
import type { Page } from './layout.ts'
import { browserOf, formOf, safeNext } from './request.ts'

/** In with a password, a second factor, or somebody else's word; and out again. */
export function signInPages(app: Hono, signIn: SignIn): void {
  const { origin } = signIn

  app.get('/auth', () => goTo('/auth/account'))

  app.get('/auth/sign-in', async (context) => {
    const next = safeNext(context.req.query('next') ?? '')
    if ((await signIn.visitor(browserOf(context, origin))) !== undefined) return goTo(next ?? '/auth/account')
    const refused = context.req.query('refused') === 'provider'
    return showPage({ ...signInPage(next), ...(refused ? { problem: NOT_LET_IN } : {}) }, refused ? 401 : 200)
  })

  app.post('/auth/sign-in', async (context) => {
    const field = await formOf(context)
    const next = safeNext(field('next'))
    const given = { email: field('email'), password: field('password') }
    const result = await signIn.password(browserOf(context, origin), given)
    if (!result.ok) return showAgain(signInPage(next, given.email), result.failure)
    const { secondFactor, cookies } = result.value
    return goTo(secondFactor ? withNext('/auth/second-factor', next) : (next ?? '/auth/account'), cookies)
  })

  app.get('/auth/second-factor', (context) =>
    showPage(secondFactorPage(safeNext(context.req.query('next') ?? ''))),
  )

  app.post('/auth/second-factor', async (context) => {
    const field = await formOf(context)
    const next = safeNext(field('next'))
    const result = await signIn.secondFactor(browserOf(context, origin), field('code'))
    if (!result.ok) return showAgain(secondFactorPage(next), result.failure)
    return goTo(next ?? '/auth/account', result.value.cookies)
  })

  app.post('/auth/sign-out', async (context) => {
    const { cookies } = await signIn.signOut(browserOf(context, origin))
    return goTo('/auth/sign-in', cookies)
  })
}

const NOT_LET_IN = 'Your organisation did not let you in. Ask somebody there to invite you.'

export function withNext(path: string, next: string | undefined): string {
  return next === undefined ? path : `${path}?next=${encodeURIComponent(next)}`
}

export function signInPage(next: string | undefined, email = ''): Page {
  return {
    title: 'Sign in',
    script: 'passkey',
    body: html`
<form method="post" action="/auth/sign-in">
${hiddenNext(next)}
<label>E-mail address<input name="email" type="email" autocomplete="username webauthn" required autofocus value="${email}"></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>
<p class="problem" data-passkey-problem role="alert" hidden></p>
<form><button type="button" class="second" data-passkey="sign-in" data-next="${next ?? '/auth/account'}" hidden>Use a passkey</button></form>
<hr>
<form method="post" action="/auth/single-sign-on">
<label>With your organisation's sign-in<input name="email" type="email" autocomplete="username" required placeholder="you@example.org"></label>
<button class="second">Continue</button>
</form>`,
  }
}

function secondFactorPage(next: string | undefined): Page {
  return {
    title: 'Second factor',
    body: html`
<form method="post" action="/auth/second-factor">
${hiddenNext(next)}
<label>Code<small>Six digits from your authenticator app, or one of your backup codes</small>
<input class="code" name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" maxlength="20" required autofocus></label>
<button>Continue</button>
</form>`,
  }
}

function hiddenNext(next: string | undefined) {
  return next === undefined ? '' : html`<input type="hidden" name="next" value="${next}">`
}
