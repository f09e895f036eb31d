import type { CallName } from './call-numbers.ts'
import type { VerbName } from './inside/verbs.ts'
import { type Attack, gotThrough, type Outcome, stopped, type Verdict, type Words } from './lab-case.ts'
import type { Scene } from './scene.ts'

type Kind<K extends Attack['kind']> = Extract<Attack, { kind: K }>

/** A verb that should be refused, whatever the error: with other drivers another layer may speak first. */
export function inside(
  verb: VerbName,
  words: Words | ((scene: Scene) => Words),
  judge: Kind<'inside'>['judge'] = mustBeRefused,
): Attack {
  return { kind: 'inside', verb, words: typeof words === 'function' ? words : () => words, judge }
}

/** A raw system call that the kernel must not even look at: any other error than these means that it did. */
export function call(name: CallName, ...words: Kind<'call'>['words']): Attack {
  return { kind: 'call', call: name, words, judge: mustBeFiltered }
}

/** A raw system call whose refusal by the kernel itself is as good. */
export function callRefused(name: CallName, ...words: Kind<'call'>['words']): Attack {
  return { kind: 'call', call: name, words, judge: (outcome) => mustBeRefused(outcome) }
}

export function alone(
  script: string | ((scene: Scene) => string),
  judge: Kind<'alone'>['judge'],
  limits: Kind<'alone'>['limits'] = {},
  writable?: readonly string[],
): Attack {
  return {
    kind: 'alone',
    script: typeof script === 'string' ? () => script : script,
    judge,
    limits,
    ...(writable === undefined ? {} : { writable }),
  }
}

export function imported(
  script: string | ((scene: Scene) => string),
  judge: Kind<'import'>['judge'],
): Attack {
  return { kind: 'import', script: typeof script === 'string' ? () => script : script, judge }
}

export function mustBeRefused(outcome: Outcome): Verdict {
  return 'refused' in outcome ? stopped(outcome.refused) : gotThrough(outcome.done || 'it worked')
}

/** The host itself saw whether anybody came; what the inside believes does not matter. */
export function mustNotVisit(outcome: Outcome, scene: Scene, id: string): Verdict {
  if (scene.visits().has(id)) return gotThrough("it spoke to the host's listener")
  return stopped('refused' in outcome ? outcome.refused : 'nobody came')
}

const FILTERED = ['EPERM', 'ENOSYS', 'SIGSYS', 'EAFNOSUPPORT', 'EPROTONOSUPPORT']

function mustBeFiltered(outcome: Outcome): Verdict {
  if ('done' in outcome) return gotThrough('it worked')
  if (FILTERED.includes(outcome.refused)) return stopped(outcome.refused)
  return gotThrough(`the kernel looked at it: ${outcome.refused}`)
}
