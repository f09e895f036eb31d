import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { InvitationView } from '#identity/sign-in/accept-invitation.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import { goTo, showAgain, showPage } from './answer.ts'
import { newPasswordField } from './form-parts.ts'
import type { Page } from './layout.ts'
import { browserOf, formOf } from './request.ts'
import { withNext } from './sign-in-pages.ts'

/** The page an invitation, or the link of the first start, opens. Opening it changes nothing. */
export function invitationPages(app: Hono, signIn: SignIn): void {
  const { origin } = signIn

  app.get('/auth/invitation/:link', async (context) => {
    const link = context.req.param('link')
    const browser = browserOf(context, origin)
    const invitation = await signIn.viewInvitation(browser, link)
    if (!invitation.ok) return showAgain(NO_INVITATION, invitation.failure)
    const visitor = invitation.value.known ? await signIn.visitor(browser) : undefined
    return showPage(invitationPage(link, invitation.value, visitor?.email))
  })

  app.post('/auth/invitation/:link', async (context) => {
    const link = context.req.param('link')
    const browser = browserOf(context, origin)
    const field = await formOf(context)
    const chosen = { name: field('name'), email: field('email'), password: field('password') }
    const accepted = await signIn.acceptInvitation(browser, link, chosen)
    if (accepted.ok) return goTo('/auth/account', accepted.value.cookies)
    const invitation = await signIn.viewInvitation(browser, link)
    if (!invitation.ok) return showAgain(NO_INVITATION, invitation.failure)
    return showAgain(invitationPage(link, invitation.value, undefined), accepted.failure)
  })
}

const NO_INVITATION: Page = { title: 'Invitation', body: html`<p class="quiet">Nothing was changed.</p>` }

function invitationPage(link: string, invitation: InvitationView, visitor: string | undefined): Page {
  const { name, email, role, known, needsAddress } = invitation
  const path = `/auth/invitation/${link}`
  const welcome = html`<p>You are invited as <strong>${role}</strong>, with the address ${email}.</p>`
  if (known && visitor?.toLowerCase() !== email.toLowerCase())
    return {
      title: 'Welcome to Airlock',
      body: html`${welcome}<p>Somebody signs in with this address already. If it is you, sign in to accept.</p>
<a class="button" href="${withNext('/auth/sign-in', path)}">Sign in</a>`,
    }
  return {
    title: 'Welcome to Airlock',
    body: html`${welcome}
<form method="post" action="${path}">
${
  known
    ? ''
    : html`<label>Your name<input name="name" autocomplete="name" maxlength="200" required value="${name}"></label>
${
  needsAddress
    ? html`<label>Your e-mail address<input name="email" type="email" autocomplete="username" required></label>`
    : html`<input type="hidden" name="email" autocomplete="username" value="${email}">`
}
${newPasswordField('A password')}`
}
<button>Accept</button>
</form>`,
  }
}
