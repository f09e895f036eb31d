import { foundInOrder } from '../found-in-order.ts'
import type { CommandRule } from '../rule.ts'

export const forkBomb: CommandRule = {
  name: 'command.fork-bomb',
  class: 'Fork bombs',
  explanation: 'Refuses a program that starts copies of itself without end.',
  remedy: 'Start a known number of processes and wait for them.',
  refuses: [
    ':(){ :|:& };:',
    'bomb() { bomb | bomb & }; bomb',
    'while true; do sh -c "sleep 9" & done',
    'python3 -c "import os\nwhile True: os.fork()"',
  ],
  allows: ['build() { npm run build; }; build', 'for i in 1 2 3; do node job.js & done; wait'],
  *look(reading) {
    for (const { name, body, span } of reading.functions) {
      const again = body.filter((inner) => inner.name === name)
      if (again.length > 1 || again.some((inner) => inner.background || inner.upstream.length > 0))
        yield { verdict: 'deny', reason: `The function ${name} starts copies of itself without end.`, span }
    }
    for (const span of reading.endlessSpawns)
      yield { verdict: 'deny', reason: 'An endless loop starts background jobs.', span }
    for (const { code, interpreter, span } of reading.inline)
      if (/\bfork\b\s+while/.test(code) || foundInOrder(code, /\b(while|for|loop|until)\b/, /\bfork\b/))
        yield { verdict: 'deny', reason: `The inline ${interpreter} program forks in a loop.`, span }
  },
}
