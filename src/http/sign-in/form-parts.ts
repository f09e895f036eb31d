import { html } from 'hono/html'

type Html = ReturnType<typeof html>

/** Asks for the password there is before something is changed; for nobody's where there is none. */
export function passwordForm(action: string, label: string, hasPassword: boolean): Html {
  return provenForm(action, label, hasPassword ? PASSWORD : '')
}

/** Asks before the second factor is changed: for the password, or where there is none, for one of its codes. */
export function factorForm(action: string, label: string, hasPassword: boolean): Html {
  return provenForm(action, label, hasPassword ? PASSWORD : CODE)
}

const PASSWORD = html`<label>Your password<input name="password" type="password" autocomplete="current-password" required></label>`
const CODE = html`<label>A code of it, or a backup code<input class="code" name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" maxlength="20" required></label>`

function provenForm(action: string, label: string, field: Html | ''): Html {
  return html`<form method="post" action="${action}" class="inline">
${field}
<button class="second">${label}</button>
</form>`
}

/** For whatever remembers passwords: whose this one is. */
export function whose(email: string): Html {
  return html`<input type="text" name="username" autocomplete="username" value="${email}" readonly hidden>`
}

export function newPasswordField(label: string): Html {
  return html`<label>${label}<small>12 characters or more; a few words in a row are good</small>
<input name="password" type="password" autocomplete="new-password" minlength="12" maxlength="200" required></label>`
}

/** One thing of a list that can be taken away. */
export function smallForm(
  action: string,
  { name, value, word, label }: Readonly<Record<'name' | 'value' | 'word' | 'label', string>>,
): Html {
  return html`<form method="post" action="${action}"><input type="hidden" name="${name}" value="${value}">
<button class="second small" aria-label="${label}">${word}</button></form>`
}

export function list(items: readonly Html[]): Html {
  return items.length === 0 ? html`<p class="quiet">None yet.</p>` : html`<ul class="list">${items}</ul>`
}

export function day(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
