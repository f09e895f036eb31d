import type { CommandRule } from '../rule.ts'

export const forkBomb: CommandRule = {
  name: 'command.fork-bomb',
  class: 'resource-bomb',
  explanation: 'Refuses a program that starts copies of itself, or background jobs, without end.',
  remedy: 'Start a known number of processes and wait for them.',
  refuses: [
    ':(){ :|:& };:',
    'bomb() { bomb | bomb & }; bomb',
    'while true; do sh -c "sleep 9" & done',
    'python3 -c "import os\nwhile True: os.fork()"',
    'perl -e "fork while fork"',
  ],
  allows: [
    'build() { npm run build; }; build',
    'for i in 1 2 3; do node job.js & done; wait',
    'while true; do date; sleep 1; done',
    'walk() { for d in "$1"/*; do [ -d "$d" ] && walk "$d"; done; }; walk src',
  ],
  *look(reading) {
    for (const { name, body, span } of reading.functions) {
      const again = body.filter((inner) => inner.name === name)
      if (again.length > 1 || again.some((inner) => inner.background || inner.upstream.length > 0))
        yield { verdict: 'deny', reason: `The function ${name} starts copies of itself without end.`, span }
    }
    for (const { does, span } of reading.endless)
      if (does === 'background')
        yield { verdict: 'deny', reason: 'An endless loop starts background jobs.', span }
    for (const { names, text, interpreter, language, span } of reading.codes)
      if (['fork', 'pcntl_fork', 'os.fork'].some((name) => names.has(name)) && loopsForever(text, language))
        yield { verdict: 'deny', reason: `The inline ${interpreter} program forks in a loop.`, span }
      else if (language === 'awk' && names.has('system') && /while\s?\(\s?1\s?\)|for\s?\(;;\)/.test(text))
        yield { verdict: 'deny', reason: 'The awk program starts programs without end.', span }
    for (const { name, args, background, span } of reading.invocations)
      if (name === '$0' && (background || args.length > 0))
        yield { verdict: 'deny', reason: 'The script starts itself again.', span }
  },
}

function loopsForever(text: string, language: string): boolean {
  if (language === 'ruby' && /\bloop\b/.test(text)) return true
  return /\b(while|for|until)\b/.test(text)
}
