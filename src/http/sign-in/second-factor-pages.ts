import { html } from 'hono/html'
import type { NewSecondFactor } from '#identity/sign-in/second-factor.ts'
import type { Page } from './layout.ts'
import { qrCode } from './qr-code.ts'

/** What somebody puts into their app, and keeps for when it is gone. Shown once. */
export function newFactorPage({ uri, backupCodes }: NewSecondFactor): Page {
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  return {
    title: 'Add an authenticator app',
    wide: true,
    body: html`
<ol class="steps">
<li><h2>Scan this with the app</h2>
<div class="scan">${qrCode(uri, 'QR code for the authenticator app; the same key stands beside it')}
<div><p>Or <a href="${uri}">open the app on this device</a>, or type the key:</p>
<pre>${inFours(secret)}</pre></div></div></li>
<li><h2>Keep these backup codes</h2>
${codeList(backupCodes)}</li>
<li><h2>Type what the app shows</h2>
${codeForm()}</li>
</ol>`,
  }
}

/** The code was not right: what was shown before is not shown again. */
export function confirmFactorPage(): Page {
  return {
    title: 'Add an authenticator app',
    body: html`<p>What you scanned still counts: type the code that the app shows now.</p>
${codeForm()}<p><a href="/auth/account">Begin again</a></p>`,
  }
}

export function backupCodesPage(codes: readonly string[]): Page {
  return {
    title: 'New backup codes',
    body: html`${codeList(codes)}<a class="button" href="/auth/account">I have kept them</a>`,
  }
}

function codeList(codes: readonly string[]) {
  return html`<p>Each opens your account once when the app is gone. They are shown only now.</p>
<pre class="codes">${codes.join('\n')}</pre>`
}

function codeForm() {
  return html`<form method="post" action="/auth/account/second-factor/confirm">
<label>Code from your app<input class="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required></label>
<button>Switch it on</button>
</form>`
}

function inFours(text: string): string {
  return text.replaceAll(/(.{4})(?=.)/g, '$1 ')
}
