import { html } from 'hono/html'
import type { SharedTask } from '#contract/share.ts'
import { diffLines } from './diff-lines.ts'
import { visible } from './visible.ts'

type Html = ReturnType<typeof html>

/** One task for somebody outside. Whatever it says is the agent's or a stranger's text: shown, never run. */
export function sharePage(task: SharedTask): Html {
  return page(
    `Task ${task.number}`,
    html`
<p class="state state-${task.state}">${task.state.replaceAll('_', ' ')}</p>
<h1>${visible(task.intent)}</h1>
<p class="quiet">Task ${task.number} of ${visible(task.project)}, asked for by ${visible(task.requester)}. Read-only; this link dies ${day(task.expiresAt)}.</p>
<dl>
${fact('Base', html`${visible(task.base.branch)} <code>${task.base.commit.slice(0, 12)}</code>`)}
${fact('Agent', `${task.agent}, ${visible(task.model)}`)}
${fact('Cost', `$${(task.microDollars / 1_000_000).toFixed(2)}, ${task.attempts} ${task.attempts === 1 ? 'attempt' : 'attempts'}`)}
${task.risk === undefined ? '' : fact('Risk', html`${task.risk.level}${task.risk.reasons.map((reason) => html` · ${visible(reason)}`)}`)}
${task.publication === undefined ? '' : fact('Published', html`${visible(task.publication.branch)} <code>${task.publication.commit.slice(0, 12)}</code>, approved by ${visible(task.publication.approver)}`)}
</dl>
${section('What the agent says (nobody has checked it)', task.agentSummary === undefined ? [] : [html`<blockquote>${visible(task.agentSummary)}</blockquote>`])}
${section('Checks', gates(task))}
${section('Found by the scan', findings(task))}
${section('Refused', refusals(task))}
${section('Files', files(task))}
${section('Change', task.diff === undefined ? [] : [html`<pre class="diff">${diffLines(task.diff)}</pre>`])}`,
    true,
  )
}

/** A page that only says something. */
export function noticePage(title: string, text: string): Html {
  return page(title, html`<h1>${title}</h1><p>${text}</p>`, false)
}

function page(title: string, body: Html, wide: boolean): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Airlock</title>
<link rel="stylesheet" href="/share/style.css">
</head>
<body>
<main${wide ? html` class="wide"` : ''}>
<p class="brand"><span aria-hidden="true"></span>Airlock</p>
${body}
</main>
</body>
</html>`
}

function fact(name: string, value: Html | string): Html {
  return html`<dt>${name}</dt><dd>${value}</dd>`
}

function section(title: string, rows: readonly Html[]): Html | string {
  return rows.length === 0 ? '' : html`<h2>${title}</h2>${rows}`
}

function list(rows: readonly Html[]): readonly Html[] {
  return rows.length === 0 ? [] : [html`<ul class="list">${rows.map((row) => html`<li>${row}</li>`)}</ul>`]
}

function gates({ gates: all }: SharedTask): readonly Html[] {
  return list(
    all.map(
      ({ name, verdict, new: found, fixed }) =>
        html`<span>${visible(name)}</span><span class="verdict ${verdict}">${verdict.replaceAll('_', ' ')}${found > 0 ? ` · ${found} new` : ''}${fixed > 0 ? ` · ${fixed} mended` : ''}</span>`,
    ),
  )
}

function findings({ findings: all }: SharedTask): readonly Html[] {
  return list(
    all.map(
      ({ rule, path, line, justified }) =>
        html`<span><code>${visible(path)}:${line}</code> ${rule}</span><span class="verdict ${justified ? 'pass' : 'regressed'}">${justified ? 'justified by a person' : 'open'}</span>`,
    ),
  )
}

function refusals({ refusals: all }: SharedTask): readonly Html[] {
  return list(
    all.map(({ what, reason }) => html`<span>${visible(what)}</span><small>${visible(reason)}</small>`),
  )
}

function files({ files: all }: SharedTask): readonly Html[] {
  return list(
    all.map(
      ({ path, kind, additions, deletions }) =>
        html`<span><code>${visible(path)}</code> ${kind}</span><span><ins>+${additions}</ins> <del>−${deletions}</del></span>`,
    ),
  )
}

function day(instant: string): string {
  return `${instant.slice(0, 10)} at ${instant.slice(11, 16)} UTC`
}
