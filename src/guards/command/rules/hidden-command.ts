import { isShell } from '../embedded.ts'
import type { CommandRule } from '../rule.ts'

const RUNS_TEXT = new Set('eval source exec curl wget nc ncat base64 sudo rm'.split(' '))

export const hiddenCommand: CommandRule = {
  name: 'command.hidden-name',
  class: 'obfuscation',
  explanation:
    'Refuses a command whose name is built so that nobody can read it: from numbers, pieces, braces or patterns.',
  remedy: 'Write the name of the program.',
  refuses: [
    '{rm,-rf,/}',
    `cat\${IFS}/etc/hostname`,
    "$'\\x6c\\x73' -la",
    '/bin/l? -la',
    'l$@s',
    `\${PATH:0:1}bin\${PATH:0:1}ls`,
  ],
  allows: [
    'mkdir -p src/{a,b}',
    '"$PYTHON" -m pytest',
    './build/*/run --help',
    `echo \${PATH:0:10}`,
    "printf '\\x41'",
  ],
  *look(reading) {
    for (const { what, span } of reading.tricks)
      yield { verdict: 'deny', reason: `The name of a command ${what}.`, span }
    for (const { name, program, span } of reading.invocations)
      if (
        program.variables !== undefined &&
        !program.opaque &&
        (RUNS_TEXT.has(name) || isShell(name)) &&
        !/SH(ELL)?$/.test(program.variables[0] ?? '')
      )
        yield { verdict: 'ask', reason: `A variable hides that ${name} is run.`, span }
  },
}
