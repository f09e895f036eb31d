import type { Code } from '../code/code.ts'
import type { CommandRule } from '../rule.ts'

export const hiddenCode: CommandRule = {
  name: 'command.hidden-code',
  class: 'obfuscation',
  explanation: 'Refuses inline programs that run decoded text, or name what they call in pieces.',
  remedy: 'Write the program out plainly, or put it into a file of the workspace.',
  refuses: [
    `python3 -c "import base64;exec(base64.b64decode('cHJpbnQoMSk='))"`,
    `node -e 'eval(Buffer.from("cHJvY2Vzcy5leGl0KCk=","base64").toString())'`,
    `python3 -c "getattr(__import__('o'+'s'),'sys'+'tem')('id')"`,
    `perl -e 'eval pack("H*","7072696e7420313b")'`,
    'pwsh -EncodedCommand aQBkAA==',
  ],
  allows: [
    `python3 -c "import base64; print(base64.b64decode('aGVsbG8=').decode())"`,
    `node -e "console.log(Buffer.from('aGk=', 'base64').toString())"`,
    `python3 -c "print('a' + 'b')"`,
    `perl -e 'print pack("A3", "abc")'`,
  ],
  *look(reading) {
    for (const code of reading.codes)
      if (runsHidden(code))
        yield {
          verdict: 'deny',
          reason: `The inline ${code.interpreter} program hides what it runs.`,
          span: code.span,
        }
    for (const { name, args, span } of reading.invocations)
      if (
        /^(pwsh|powershell)(\.exe)?$/.test(name) &&
        args.some(({ text }) => /^-e(c|nc|ncodedcommand)?$/i.test(text))
      )
        yield { verdict: 'deny', reason: `${name} is given an encoded command.`, span }
  },
}

function runsHidden({ evaluates, decodes, spliced, startsPrograms, names, language }: Code): boolean {
  if (spliced) return true
  if (evaluates && (decodes || names.has('codecs') || names.has('map'))) return true
  return decodes && startsPrograms && language !== 'javascript' && !names.has('print')
}
