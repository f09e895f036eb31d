import { isInterpreter, readsProgramFromInput } from '../embedded.ts'
import type { Invocation } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { decodes } from '../static-output.ts'

export const decodedExecution: CommandRule = {
  name: 'command.decoded-execution',
  class: 'obfuscation',
  explanation: 'Refuses to run text that is decoded, unpacked or turned round on the way.',
  remedy: 'Write the commands out plainly; decode data into a file and read it first.',
  refuses: [
    'echo aWQK | base64 -d | bash',
    'eval "$(echo 6964 | xxd -r -p)"',
    'rev <<< "di" | sh',
    'base64 -d x.b64 > /tmp/x && sh /tmp/x',
    'zcat payload.gz | bash',
  ],
  allows: [
    'echo "aGVsbG8=" | base64 -d',
    'base64 -d data.b64 > data.bin && file data.bin',
    'zcat access.log.gz | grep 404',
    'echo hello | rev | tr a-z A-Z',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
    for (const { path, origin, span } of reading.executed)
      if (origin === 'decoded') yield { verdict: 'deny', reason: `It decodes ${path} and runs it.`, span }
  },
}

/** `printf '\\x69\\x64'` writes letters as numbers, which nobody does for a reader. */
function unpacks(invocation: Invocation): boolean {
  if (decodes(invocation)) return true
  const { name, args } = invocation
  return (
    (name === 'printf' || name === 'echo') &&
    args.some(({ text }) => /\\(x[0-9a-fA-F]{2}|0?[0-7]{3})/.test(text))
  )
}

const RUNS_WORDS = new Set('eval source . exec trap'.split(' '))

function* objections(invocation: Invocation): Iterable<Sighting> {
  const { name, upstream, args, program, input, span } = invocation
  const interprets = isInterpreter(name)
  if (interprets && upstream.some(unpacks) && readsProgramFromInput(invocation))
    yield { verdict: 'deny', reason: `It decodes text and lets ${name} run it.`, span }
  const words = [
    ...(interprets || RUNS_WORDS.has(name) ? [...args, ...input] : []),
    ...(program.substitutions.length > 0 ? [program] : []),
  ]
  const decoder = words.flatMap(({ substitutions }) => substitutions).find(unpacks)
  if (decoder) yield { verdict: 'deny', reason: `It runs what ${decoder.name} decodes.`, span }
}
