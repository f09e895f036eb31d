import { isShell } from '../embedded.ts'
import type { Invocation, Reading } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { decodes } from '../static-output.ts'
import { COMPUTED, CUT_OUT, SPELLED, spelledLetters } from '../words.ts'

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
    for (const invocation of reading.invocations) {
      const { name, program, span } = invocation
      const what = hiddenWord(invocation)
      if (what !== undefined) yield { verdict: 'deny', reason: `A word for ${name} ${what}.`, span }
      if (
        program.variables !== undefined &&
        !program.opaque &&
        (RUNS_TEXT.has(name) || isShell(name)) &&
        !/SH(ELL)?$/.test(program.variables[0] ?? '')
      )
        yield { verdict: 'ask', reason: `A variable hides that ${name} is run.`, span }
    }
    for (const { name, value } of reading.assigned)
      if (value.trick === SPELLED || (/as numbers$/.test(value.trick ?? '') && isRun(name, reading)))
        yield { verdict: 'deny', reason: `The value of ${name} ${value.trick}.` }
  },
}

function isRun(variable: string, { invocations }: Reading): boolean {
  return invocations.some(({ program }) => program.variables?.includes(variable))
}

/** How a word of a command hides what it says; undefined where all can be read. */
function hiddenWord({ name, args }: Invocation): string | undefined {
  if (PRINTERS.has(name)) return undefined
  const hidden = args.find(
    ({ text, trick }) => trick === SPELLED || (trick === CUT_OUT && /[\w}]/.test(text.slice(1))),
  )
  if (hidden) return hidden.trick
  if (args.some(({ trick, substitutions }) => trick === COMPUTED && substitutions.some(decodes)))
    return 'is written in another code'
  const spells = args.some(({ substitutions }) =>
    substitutions.some(
      (inner) => PRINTERS.has(inner.name) && spelledLetters(inner.args.map(({ text }) => text).join(' ')) > 2,
    ),
  )
  return spells ? SPELLED : undefined
}

const PRINTERS = new Set('echo printf test [ [[ case'.split(' '))
