import { html } from 'hono/html'

type Html = ReturnType<typeof html>

export interface Page {
  readonly title: string
  readonly body: Html
  /** Said above everything, to screen readers as well. */
  readonly problem?: string | undefined
  readonly news?: string | undefined
  /** Loads the script that speaks WebAuthn, or the one that sends the form of the page. */
  readonly script?: 'passkey' | 'onwards'
  readonly wide?: boolean
  /** Where the browser goes by itself. */
  readonly onwards?: string
}

/** A whole page: no script of its own in it, and nothing from another host. */
export function layout({ title, body, problem, news, script, wide, onwards }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${onwards === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${onwards}">`}
<title>${title} · Airlock</title>
<link rel="stylesheet" href="/auth/style.css">
${script === undefined ? '' : html`<script src="/auth/${script}.js" defer></script>`}
</head>
<body>
<main${wide ? html` class="wide"` : ''}>
<p class="brand"><span aria-hidden="true"></span>Airlock</p>
<h1>${title}</h1>
${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
${news === undefined ? '' : html`<p class="news" role="status">${news}</p>`}
${body}
</main>
</body>
</html>`
}
