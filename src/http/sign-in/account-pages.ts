import type { Context, Hono } from 'hono'
import { html } from 'hono/html'
import type { PasskeyView } from '#identity/sign-in/passkeys.ts'
import type { NewSecondFactor } from '#identity/sign-in/second-factor.ts'
import type { SessionView } from '#identity/sign-in/sessions.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import type { Visitor } from '#identity/sign-in/visitor.ts'
import { goTo, showAgain, showPage } from './answer.ts'
import type { Page } from './layout.ts'
import { browserOf, formOf } from './request.ts'

/** What somebody sees and changes of their own sign-in. */
export function accountPages(app: Hono, signIn: SignIn): void {
  const { origin } = signIn
  const pageOf = async (visitor: Visitor) =>
    accountPage(visitor, await signIn.sessions(visitor), await signIn.passkeys(visitor))
  /** Hands the visitor to the work, or sends whoever is none to sign in. */
  const visited =
    (work: (context: Context, visitor: Visitor) => Promise<Response>) => async (context: Context) => {
      const visitor = await signIn.visitor(browserOf(context, origin))
      return visitor === undefined ? goTo('/auth/sign-in') : work(context, visitor)
    }

  app.get(
    '/auth/account',
    visited(async (_, visitor) => showPage(await pageOf(visitor))),
  )

  app.post(
    '/auth/account/second-factor',
    visited(async (context, visitor) => {
      const password = (await formOf(context))('password')
      const result = await signIn.beginSecondFactor(browserOf(context, origin), password)
      return result.ok
        ? showPage(newFactorPage(result.value))
        : showAgain(await pageOf(visitor), result.failure)
    }),
  )

  app.post(
    '/auth/account/second-factor/confirm',
    visited(async (context) => {
      const result = await signIn.confirmSecondFactor(
        browserOf(context, origin),
        (await formOf(context))('code'),
      )
      return result.ok
        ? goTo('/auth/account', result.value.cookies)
        : showAgain(confirmPage(), result.failure)
    }),
  )

  app.post(
    '/auth/account/second-factor/remove',
    visited(async (context, visitor) => {
      const password = (await formOf(context))('password')
      const result = await signIn.removeSecondFactor(browserOf(context, origin), password)
      return result.ok
        ? goTo('/auth/account', result.value.cookies)
        : showAgain(await pageOf(visitor), result.failure)
    }),
  )

  app.post(
    '/auth/account/sessions',
    visited(async (context, visitor) => {
      await signIn.revokeSessions(visitor, (await formOf(context))('session') || 'others')
      return goTo('/auth/account')
    }),
  )

  app.post(
    '/auth/account/passkeys/remove',
    visited(async (context, visitor) => {
      await signIn.removePasskey(visitor, (await formOf(context))('passkey'))
      return goTo('/auth/account')
    }),
  )
}

function accountPage(
  visitor: Visitor,
  sessions: readonly SessionView[],
  passkeys: readonly PasskeyView[],
): Page {
  return {
    title: visitor.name,
    wide: true,
    script: 'passkey',
    body: html`
<p class="quiet">${visitor.email}${visitor.memberships.map(({ person }) => ` · ${person.role}`)}</p>
${visitor.memberships.length === 0 ? html`<p class="problem">You are not a member of an organisation here any more.</p>` : ''}
<h2>Second factor</h2>
${
  visitor.secondFactor
    ? html`<p>Asked for at every sign-in with your password.</p>
${passwordForm('/auth/account/second-factor/remove', 'Remove it')}`
    : html`<p>Without one, your password is all somebody needs.</p>
${passwordForm('/auth/account/second-factor', 'Add an authenticator app')}`
}
<h2>Passkeys</h2>
${list(
  passkeys.map(
    ({
      id,
      name,
      createdAt,
    }) => html`<li><span>${name} <small>${createdAt === undefined ? '' : day(createdAt)}</small></span>
${smallForm('/auth/account/passkeys/remove', 'passkey', id, `Remove ${name}`)}</li>`,
  ),
)}
<p class="problem" data-passkey-problem role="alert" hidden></p>
<label>Name of a new passkey<input data-passkey-name maxlength="80" value="This device"></label>
<button type="button" class="second" data-passkey="register" hidden>Add a passkey</button>
<h2>Where you are signed in</h2>
${list(
  sessions.map(
    ({ id, current, createdAt, address, userAgent }) => html`<li>
<span>${browserName(userAgent)} <small>${address}, since ${day(createdAt)}${current ? ', here' : ''}</small></span>
${current ? '' : smallForm('/auth/account/sessions', 'session', id, 'End it')}</li>`,
  ),
)}
<div class="row">
<form method="post" action="/auth/account/sessions"><button class="second">End all others</button></form>
<form method="post" action="/auth/sign-out"><button class="second">Sign out</button></form>
</div>`,
  }
}

function newFactorPage({ uri, backupCodes }: NewSecondFactor): Page {
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  return {
    title: 'Add an authenticator app',
    body: html`
<p>Put this key into your app, or <a href="${uri}">open it there</a>:</p>
<pre>${secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</pre>
<h2>Backup codes</h2>
<p>Each opens your account once when the app is gone. They are shown only now.</p>
<pre class="codes">${backupCodes.join('\n')}</pre>
${codeForm()}`,
  }
}

function confirmPage(): Page {
  return { title: 'Add an authenticator app', body: codeForm() }
}

function codeForm() {
  return html`<form method="post" action="/auth/account/second-factor/confirm">
<label>Code from your app<input class="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required></label>
<button>Switch it on</button>
</form>`
}

function passwordForm(action: string, label: string) {
  return html`<form method="post" action="${action}">
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button class="second">${label}</button>
</form>`
}

function smallForm(action: string, name: string, value: string, label: string) {
  return html`<form method="post" action="${action}"><input type="hidden" name="${name}" value="${value}">
<button class="second small">${label}</button></form>`
}

function list(items: readonly ReturnType<typeof html>[]) {
  return items.length === 0 ? html`<p class="quiet">None.</p>` : html`<ul class="list">${items}</ul>`
}

function day(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Enough to tell one's own sessions apart; the whole text would tell nobody more. */
function browserName(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent)?.[1] ?? 'A browser'
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1]
  return system === undefined ? browser : `${browser} on ${system}`
}
