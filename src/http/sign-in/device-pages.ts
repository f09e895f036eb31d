import type { Hono } from 'hono'
import { html } from 'hono/html'
import type { WaitingDevice } from '#identity/sign-in/device-login.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import type { Visitor } from '#identity/sign-in/visitor.ts'
import { goTo, showAgain, showPage } from './answer.ts'
import type { Page } from './layout.ts'
import { browserOf, formOf } from './request.ts'

/** Where somebody lets a command line in. The code is typed by hand: there is no link that fills it in. */
export function devicePages(app: Hono, signIn: SignIn): void {
  const { origin } = signIn

  app.get('/auth/device', async (context) => {
    const visitor = await signIn.visitor(browserOf(context, origin))
    return visitor === undefined ? goTo('/auth/sign-in?next=/auth/device') : showPage(codePage())
  })

  app.post('/auth/device', async (context) => {
    const browser = browserOf(context, origin)
    const visitor = await signIn.visitor(browser)
    if (visitor === undefined) return goTo('/auth/sign-in?next=/auth/device')
    const code = (await formOf(context))('code')
    const waiting = await signIn.viewDevice(browser, visitor, code)
    return waiting.ok
      ? showPage(decisionPage(code, waiting.value, visitor))
      : showAgain(codePage(), waiting.failure)
  })

  app.post('/auth/device/decide', async (context) => {
    const browser = browserOf(context, origin)
    const visitor = await signIn.visitor(browser)
    if (visitor === undefined) return goTo('/auth/sign-in?next=/auth/device')
    const field = await formOf(context)
    const member = visitor.memberships.find(({ organisation }) => organisation === field('organisation'))
    const word = field('word') === 'allow' && member !== undefined ? member : 'denied'
    const decided = await signIn.decideOnDevice(browser, visitor, { typed: field('code'), word })
    if (!decided.ok) return showAgain(codePage(), decided.failure)
    return showPage(word === 'denied' ? TURNED_AWAY : LET_IN)
  })
}

const LET_IN: Page = {
  title: 'Done',
  body: html`<p>The command line is signed in as you. You can close this page.</p>`,
}
const TURNED_AWAY: Page = { title: 'Turned away', body: html`<p>The command line was not signed in.</p>` }

function codePage(): Page {
  return {
    title: 'Let a command line in',
    body: html`
<p>Type the code that <code>airlock login</code> shows in <strong>your own</strong> terminal.</p>
<form method="post" action="/auth/device">
<label>Code<input class="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" placeholder="XXXX-XXXX" required autofocus></label>
<button>Continue</button>
</form>`,
  }
}

function decisionPage(code: string, { name, address, createdAt }: WaitingDevice, visitor: Visitor): Page {
  const minutes = `${createdAt.toISOString().slice(11, 16)} UTC`
  return {
    title: 'Is this you?',
    body: html`
<dl><dt>Asks</dt><dd>${name}</dd><dt>From</dt><dd>${address}</dd><dt>At</dt><dd>${minutes}</dd><dt>Becomes</dt><dd>${visitor.name}</dd></dl>
<p>It will be able to do everything you can. If somebody sent you this code, turn it away.</p>
<form method="post" action="/auth/device/decide">
<input type="hidden" name="code" value="${code}">
${
  visitor.memberships.length > 1
    ? html`<label>In<select name="organisation">${visitor.memberships.map(({ organisation, person }) => html`<option value="${organisation}">${organisation} (${person.role})</option>`)}</select></label>`
    : html`<input type="hidden" name="organisation" value="${visitor.memberships[0]?.organisation ?? ''}">`
}
<div class="row"><button class="second" name="word" value="deny">Turn it away</button><button name="word" value="allow">Let it in</button></div>
</form>`,
  }
}
