import { html } from 'hono/html'
import { visible } from './visible.ts'

/** More lines are not drawn: a browser would not either. */
const MOST_LINES = 20_000

/** A patch line by line, each as what it is. */
export function diffLines(diff: string): readonly ReturnType<typeof html>[] {
  const lines = diff.split('\n')
  const shown = lines.slice(0, MOST_LINES)
  let inHunk = false
  const rows = shown.map((line) => {
    if (line.startsWith('diff --git ')) inHunk = false
    else if (line.startsWith('@@ ')) inHunk = true
    return html`<span class="${kindOf(line, inHunk)}">${visible(line)}
</span>`
  })
  const left = lines.length - shown.length
  return left === 0 ? rows : [...rows, html`<span class="head">… ${left} more lines</span>`]
}

function kindOf(line: string, inHunk: boolean): string {
  if (line.startsWith('diff --git ')) return 'file'
  if (!inHunk) return 'head'
  if (line.startsWith('@@ ')) return 'hunk'
  if (line.startsWith('+')) return 'added'
  return line.startsWith('-') ? 'removed' : 'same'
}
