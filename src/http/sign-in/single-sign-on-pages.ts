import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import { goTo, showAgain, showPage } from './answer.ts'
import type { Page } from './layout.ts'
import { browserOf, formOf } from './request.ts'
import { signInPage } from './sign-in-pages.ts'

/** Where SAML providers have browsers post to; the name after it is the provider's. */
export const SAML_RETURN = /^\/auth\/engine\/sso\/saml2\/sp\/acs\/[a-z0-9-]{1,40}$/

const LONGEST_ANSWER = 180_000

/** In by somebody else's word: there, back, and on. */
export function singleSignOnPages(app: Hono, signIn: SignIn): void {
  const { origin } = signIn

  app.post('/auth/single-sign-on', async (context) => {
    const email = (await formOf(context))('email')
    const result = await signIn.beginSingleSignOn(browserOf(context, origin), email)
    if (!result.ok) return showAgain(signInPage(undefined, email), result.failure)
    const { url, cookies } = result.value
    return showPage(awayPage(url), 200, cookies)
  })

  app.get('/auth/engine/sso/callback/:provider', async (context) => {
    const { pathname, search } = new URL(context.req.url)
    const back = await signIn.returnFromProvider(browserOf(context, origin), `${pathname}${search}`)
    return back.ok ? showPage(insidePage(), 200, back.value.cookies) : goTo('/auth/sign-in?refused=provider')
  })

  // Sent by a page of the provider, so without our cookies: shown, and sent again by a page of our own.
  app.post('/auth/engine/sso/saml2/sp/acs/:provider', async (context) => {
    const provider = context.req.param('provider')
    if (!SAML_RETURN.test(context.req.path)) return goTo('/auth/sign-in?refused=provider')
    const field = await formOf(context)
    return showPage(passOnPage(provider, field('SAMLResponse', LONGEST_ANSWER), field('RelayState')))
  })

  app.post('/auth/saml/:provider', async (context) => {
    const provider = context.req.param('provider')
    const field = await formOf(context)
    const response = field('SAMLResponse', LONGEST_ANSWER)
    const relayState = field('RelayState')
    const answer = { response, relayState, agreed: field('agreed') === 'yes' }
    const taken = await signIn.samlAnswer(browserOf(context, origin), provider, answer)
    if (!taken.ok) return goTo('/auth/sign-in?refused=provider')
    const { toAgree, cookies } = taken.value
    return toAgree === undefined
      ? showPage(insidePage(), 200, cookies)
      : showPage(agreePage(provider, response, toAgree))
  })

  app.get('/auth/saml/:provider', async (context) => {
    const described = await signIn.describeToSaml(context.req.param('provider'))
    return new Response(described ?? '', {
      status: described === undefined ? 404 : 200,
      headers: { 'content-type': 'application/samlmetadata+xml; charset=utf-8' },
    })
  })
}

/** A page instead of a redirect: after a form, a browser follows no redirect to where the page may send no form. */
function awayPage(url: string): Page {
  return {
    title: 'One moment',
    onwards: url,
    body: html`<p>Your organisation asks who you are at <strong>${new URL(url).host}</strong>.</p>
<a class="button" href="${url}">Continue</a>`,
  }
}

/** A page instead of a redirect: it is ours, so that from here on the browser shows its strict cookies. */
function insidePage(): Page {
  return {
    title: 'One moment',
    onwards: '/auth/account',
    body: html`<p>You are signed in.</p><a class="button" href="/auth/account">Continue</a>`,
  }
}

function passOnPage(provider: string, response: string, relayState: string): Page {
  return {
    title: 'One moment',
    script: 'onwards',
    body: html`<p>Your organisation says who you are.</p>
<form method="post" action="/auth/saml/${provider}">
<input type="hidden" name="SAMLResponse" value="${response}"><input type="hidden" name="RelayState" value="${relayState}">
<button>Continue</button>
</form>`,
  }
}

function agreePage(provider: string, response: string, email: string): Page {
  return {
    title: 'Sign in?',
    body: html`<p>Your organisation signs you in as <strong>${email}</strong>. You did not begin here: if you did not
choose Airlock there a moment ago, close this page.</p>
<form method="post" action="/auth/saml/${provider}">
<input type="hidden" name="SAMLResponse" value="${response}"><input type="hidden" name="agreed" value="yes">
<button>Sign in</button>
</form>`,
  }
}
