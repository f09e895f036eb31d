import { posix } from 'node:path'
import type { Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands, optionValues } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const HIDDEN_PROGRAM = /^\/(dev\/shm|tmp|var\/tmp)\/\.[^./]/
const HIDDEN_TEMPORARY = /^\/(dev\/shm|tmp|var\/tmp)\/(\S{1,200}\/)?\.[^./]|^\/dev\/shm\//

export const disguise: CommandRule = {
  name: 'command.disguise',
  class: 'evasion',
  explanation:
    'Refuses false dates, names and attributes that make a file or a process look like something else.',
  remedy: 'Leave dates and names as they are; fixtures with old dates stay in the workspace.',
  refuses: [
    'touch -r /bin/ls /tmp/x',
    'chattr +i /tmp/x',
    "exec -a '[kworker/0:0]' /tmp/x",
    'touch -t 201501010101 /tmp/x',
    'cp x /dev/shm/.x && /dev/shm/.x',
  ],
  allows: [
    "touch -d '2020-01-01' test/fixtures/old.txt",
    'touch -r a.txt b.txt',
    'lsattr .',
    'exec node server.js',
    'cp x /tmp/x && /tmp/x',
  ],
  *look(reading, { workspace }) {
    for (const invocation of reading.invocations) yield* objections(invocation, workspace)
    for (const { target, by, invocation } of writtenTo(reading))
      if (/^(curl|wget)$/.test(by) && HIDDEN_TEMPORARY.test(target.text))
        yield {
          verdict: 'ask',
          reason: `It hides what it downloads: ${target.text}.`,
          span: invocation?.span,
        }
    for (const { names, interpreter, strings, span } of reading.codes)
      if ((names.has('utime') || names.has('utimes')) && strings.some((text) => text.startsWith('/')))
        yield { verdict: 'deny', reason: `The inline ${interpreter} program sets a false date.`, span }
  },
}

function* objections({ name, args, program, via, span }: Invocation, workspace: string): Iterable<Sighting> {
  if (
    name === 'touch' &&
    (hasFlag(args, 'r', '--reference') ||
      hasFlag(args, 't') ||
      hasFlag(args, 'd') ||
      args.some(({ text }) => /^--(date|reference)=/.test(text)))
  ) {
    const values = [
      ...optionValues(args, '-r', '--reference'),
      ...optionValues(args, '-t'),
      ...optionValues(args, '-d', '--date'),
    ]
    const outside = [...operands(args), ...optionValues(args, '-r', '--reference')].some((word) =>
      !values.includes(word) || optionValues(args, '-r', '--reference').includes(word)
        ? isOutside(word.text, workspace)
        : false,
    )
    if (outside) yield { verdict: 'deny', reason: 'It gives a file a false date.', span }
  }
  if (name === 'chattr' && args.some(({ text }) => /^[-+=][a-zA-Z]*[ia]/.test(text)))
    yield { verdict: 'deny', reason: 'It makes a file immutable, or takes that off.', span }
  if (name === 'chflags' && /^(hidden|[us]chg|[us]appnd)$/.test(firstOperand(args)))
    yield { verdict: 'deny', reason: 'It hides a file, or makes it immutable.', span }
  if (name === 'setfattr' || (name === 'debugfs' && hasFlag(args, 'w')))
    yield { verdict: name === 'debugfs' ? 'deny' : 'ask', reason: 'It changes hidden attributes.', span }
  if (
    name === 'exec' &&
    args.some(
      ({ text }, index) =>
        text === '-a' && /^[[(]|^-?(sshd|init|systemd|bash)$/.test(args[index + 1]?.text ?? ''),
    )
  )
    yield { verdict: 'deny', reason: 'It runs a program under a false name.', span }
  if (
    /^(mv|cp|mkdir|ln)$/.test(name) &&
    (operands(args).length > 1 || name === 'mkdir') &&
    operands(args)
      .slice(-1)
      .some(({ text }) => isDisguisedName(text))
  )
    yield { verdict: 'deny', reason: 'It gives a file a name that looks like a directory.', span }
  if (HIDDEN_PROGRAM.test(program.text) && !via.includes('ls'))
    yield { verdict: 'deny', reason: `It runs a hidden program, ${program.text}.`, span }
  if (
    name === 'export' &&
    firstOperand(args).startsWith('HISTCONTROL=ignorespace:erasedups') &&
    hasWord(args, 'HISTIGNORE=*')
  )
    yield { verdict: 'deny', reason: 'It hides commands from the history.', span }
}

function isOutside(path: string, workspace: string): boolean {
  const absolute = posix.resolve(workspace, path)
  return path.startsWith('~') || !(absolute === workspace || absolute.startsWith(`${workspace}/`))
}

/** `...` and `.. ` look like the directories that every listing begins with. */
function isDisguisedName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return name !== '.' && name !== '..' && /^[.\s]+$/.test(name)
}
