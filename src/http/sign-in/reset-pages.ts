import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { ResetView } from '#identity/sign-in/reset-password.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import { goTo, showAgain, showPage } from './answer.ts'
import { newPasswordField, whose } from './form-parts.ts'
import type { Page } from './layout.ts'
import { browserOf, formOf } from './request.ts'

/** The page that a link of `airlock people reset` opens. Opening it changes nothing. */
export function resetPages(app: Hono, signIn: SignIn): void {
  const { origin } = signIn

  app.get('/auth/reset/:link', async (context) => {
    const link = context.req.param('link')
    const view = await signIn.viewReset(browserOf(context, origin), link)
    return view.ok ? showPage(resetPage(link, view.value)) : showAgain(NO_RESET, view.failure)
  })

  app.post('/auth/reset/:link', async (context) => {
    const link = context.req.param('link')
    const browser = browserOf(context, origin)
    const password = (await formOf(context))('password')
    const done = await signIn.resetPassword(browser, link, password)
    if (done.ok)
      return goTo(done.value.secondFactor ? '/auth/second-factor' : '/auth/account', done.value.cookies)
    const view = await signIn.viewReset(browser, link)
    return showAgain(view.ok ? resetPage(link, view.value) : NO_RESET, done.failure)
  })
}

const NO_RESET: Page = { title: 'New password', body: html`<p class="quiet">Nothing was changed.</p>` }

function resetPage(link: string, { email, secondFactor }: ResetView): Page {
  return {
    title: 'New password',
    body: html`<p>For <strong>${email}</strong>. You are signed out everywhere else, command lines too.${
      secondFactor ? ' Your authenticator app and your passkeys are removed: add them again afterwards.' : ''
    }</p>
<form method="post" action="/auth/reset/${link}">
${whose(email)}
${newPasswordField('A new password')}
<button>Set it and sign in</button>
</form>`,
  }
}
