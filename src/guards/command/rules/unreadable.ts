import type { Unreadable } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

export const unreadable: CommandRule = {
  name: 'command.unreadable',
  class: 'unreadable',
  explanation:
    'Refuses what cannot be judged: text that does not parse, or is too long or too deep; asks about program names known only at run time.',
  remedy:
    'Write the command out plainly: a literal program name, literal scripts, balanced quotes; split long scripts into a file.',
  refuses: ['rm -rf "', '$X -rf build', 'r$(cat x) -rf y', 'bash -c "$PAYLOAD"', 'eval "$COMMAND"'],
  allows: [
    'echo "$X"',
    'for f in src/*.js; do node --check "$f"; done',
    "bash -c 'npm test'",
    '"$PYTHON" -m pytest',
    '$(npm bin)/eslint .',
  ],
  *look(reading) {
    for (const trouble of reading.unreadable) yield sighting(trouble)
  },
}

function sighting({ kind, what, span }: Unreadable): Sighting {
  switch (kind) {
    case 'name':
      return {
        verdict: 'ask',
        reason: `Which program \`${shorten(what)}\` names is known only when it runs.`,
        span,
      }
    case 'syntax':
      return { verdict: 'deny', reason: `The text is not a shell command: ${shorten(what)}.`, span }
    case 'depth':
    case 'size':
    case 'control':
      return { verdict: 'deny', reason: `The text holds ${what}.`, span }
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
