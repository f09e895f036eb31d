import { html } from 'hono/html'
import type { PasskeyView } from '#identity/sign-in/passkeys.ts'
import type { SessionView } from '#identity/sign-in/sessions.ts'
import type { Visitor } from '#identity/sign-in/visitor.ts'
import { day, factorForm, list, newPasswordField, passwordForm, smallForm, whose } from './form-parts.ts'
import type { Page } from './layout.ts'

export interface AccountView {
  readonly visitor: Visitor
  readonly hasPassword: boolean
  readonly sessions: readonly SessionView[]
  readonly passkeys: readonly PasskeyView[]
}

/** Everything somebody has to do with their own sign-in. */
export function accountPage({ visitor, hasPassword, sessions, passkeys }: AccountView): Page {
  const { name, email, memberships, secondFactor } = visitor
  return {
    title: name,
    wide: true,
    script: 'passkey',
    body: html`
<p class="quiet">${email}${memberships.map(({ person }) => ` · ${person.role}`)}</p>
${memberships.length === 0 ? html`<p class="problem">You are not a member of an organisation here any more.</p>` : ''}
<section>
<h2>Authenticator app ${mark(secondFactor)}</h2>
${secondFactor ? withFactor(hasPassword) : withoutFactor(hasPassword)}
</section>
<section>
<h2>Passkeys ${mark(passkeys.length > 0)}</h2>
<p>A passkey opens your account alone: your device asks for your finger, your face or its PIN.</p>
${list(
  passkeys.map(
    ({
      id,
      name: label,
      createdAt,
    }) => html`<li><span>${label} <small>${createdAt === undefined ? '' : day(createdAt)}</small></span>
${smallForm('/auth/account/passkeys/remove', { name: 'passkey', value: id, word: 'Remove', label: `Remove ${label}` })}</li>`,
  ),
)}
<p class="problem" data-passkey-problem role="alert" hidden></p>
<div class="inline"><label>Name of a new passkey<input data-passkey-name maxlength="80" value="This device"></label>
<button type="button" class="second" data-passkey="register" hidden>Add a passkey</button></div>
</section>
${hasPassword ? passwordSection(email) : ''}
<section>
<h2>Where you are signed in</h2>
${list(sessions.map(sessionItem))}
<div class="row">
<form method="post" action="/auth/account/sessions"><button class="second">End all others</button></form>
<form method="post" action="/auth/sign-out"><button class="second">Sign out</button></form>
</div>
</section>`,
  }
}

function withFactor(hasPassword: boolean) {
  return html`<p>${
    hasPassword
      ? 'Asked for at every sign-in with your password, and where a policy wants it.'
      : 'Asked for where a policy wants it. At sign-in, your organisation asks what it wants.'
  }</p>
<details><summary>New backup codes</summary>
<p>The ones you have stop working.</p>
${factorForm('/auth/account/backup-codes', 'Make ten new ones', hasPassword)}</details>
<details><summary>Remove it</summary>
<p>${hasPassword ? 'Then your password is all somebody needs.' : 'Then you confirm nothing that a policy asks it for.'}</p>
${factorForm('/auth/account/second-factor/remove', 'Remove it', hasPassword)}</details>`
}

function withoutFactor(hasPassword: boolean) {
  return html`<p>${
    hasPassword
      ? 'Without a second factor, your password is all somebody needs.'
      : 'Confirms what a policy asks it for. You can add one within a quarter of an hour after signing in.'
  }</p>
${passwordForm('/auth/account/second-factor', 'Add an authenticator app', hasPassword)}`
}

function passwordSection(email: string) {
  return html`<section>
<h2>Password</h2>
<details><summary>Change it</summary>
<p>Everywhere else you are signed out.</p>
<form method="post" action="/auth/account/password">
${whose(email)}
<label>The one you have<input name="current" type="password" autocomplete="current-password" required></label>
${newPasswordField('A new one')}
<button class="second">Change it</button>
</form></details>
</section>`
}

function sessionItem({ id, current, createdAt, address, userAgent }: SessionView) {
  return html`<li>
<span>${browserName(userAgent)} <small>${address}, since ${day(createdAt)}</small></span>
${current ? html`<small class="mark on">here</small>` : smallForm('/auth/account/sessions', { name: 'session', value: id, word: 'End it', label: `End ${browserName(userAgent)}, since ${day(createdAt)}` })}</li>`
}

function mark(on: boolean) {
  return html`<small class="mark${on ? ' on' : ''}">${on ? 'on' : 'off'}</small>`
}

/** Enough to tell one's own sessions apart; the whole text would tell nobody more. */
function browserName(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent)?.[1] ?? 'A browser'
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(userAgent)?.[1]
  const name = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser
  return system === undefined ? name : `${name} on ${system.replace(' OS X', '')}`
}
