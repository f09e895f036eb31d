import type { Invocation } from '../reading.ts'
import { hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const HISTORY_FILE =
  /(^|\/)\.(bash|zsh|sh|ash|python|mysql|psql|node_repl|sqlite|lesshst|fish)_?(history|hst)?$|(^|\/)fish_history$/
const IS_HISTORY = /(^|\/)(\.[a-z_]*(history|histfile|lesshst)|fish_history)$/

export const historyOff: CommandRule = {
  name: 'command.history-off',
  class: 'evasion',
  explanation: 'Refuses to clear the history of the shell or to stop it from being written.',
  remedy: 'Leave the history alone; `history` shows it.',
  refuses: [
    'history -c',
    'unset HISTFILE',
    'rm ~/.bash_history',
    'export HISTSIZE=0',
    'set +o history',
    'ln -sf /dev/null ~/.bash_history',
  ],
  allows: [
    'history 20',
    'export HISTSIZE=10000',
    'cat ~/.zshrc',
    'export HISTCONTROL=ignoredups',
    'set -o pipefail',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const reason = objection(invocation)
      if (reason !== undefined) yield { verdict: 'deny', reason, span: invocation.span }
    }
    for (const { name, value } of reading.assigned)
      if (silences(name, value.text))
        yield { verdict: 'deny', reason: `${name} stops the history of the shell.` }
    for (const { target, replaces, invocation } of writtenTo(reading))
      if (replaces && IS_HISTORY.test(target.text))
        yield { verdict: 'deny', reason: `It empties ${target.text}.`, span: invocation?.span }
  },
}

function objection({ name, args }: Invocation): string | undefined {
  if (name === 'history' && (hasFlag(args, 'c') || hasFlag(args, 'd')))
    return 'It clears the history of the shell.'
  if (name === 'unset' && args.some(({ text }) => /^HIST(FILE|SIZE|FILESIZE)$/.test(text)))
    return 'It stops the history of the shell.'
  if (name === 'set' && hasWord(args, '+o') && hasWord(args, 'history'))
    return 'It stops the history of the shell.'
  if (
    /^(rm|shred|unlink|srm|truncate)$/.test(name) &&
    operands(args).some(({ text }) => IS_HISTORY.test(text) || HISTORY_FILE.test(text))
  )
    return 'It deletes the history of the shell.'
  if (name === 'kill' && hasWord(args, '-9', '-KILL') && hasWord(args, '$$'))
    return 'It ends the shell before it can write its history.'
  return undefined
}

function silences(name: string, value: string): boolean {
  if (name === 'HISTFILE') return value === '' || value === '/dev/null'
  if (name === 'HISTSIZE' || name === 'HISTFILESIZE' || name === 'SAVEHIST') return value === '0'
  return name === 'HISTIGNORE' && value === '*'
}
