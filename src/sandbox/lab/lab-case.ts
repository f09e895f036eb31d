import type { Result } from '#kernel/result.ts'
import type { SandboxEnding } from '../driver.ts'
import type { Limits } from '../limits.ts'
import type { CallName } from './call-numbers.ts'
import type { VerbName } from './inside/verbs.ts'
import type { Scene } from './scene.ts'
import type { TakenFile } from './take.ts'

export const GROUPS = [
  'files',
  'proc and devices',
  'privileges',
  'other processes',
  'kernel',
  'network',
  'what leaks in',
  'limits',
  'what is left behind',
  'import by the host',
] as const
export type Group = (typeof GROUPS)[number]

/** One thing a hostile program might try, as data: what it tries, what should stop it, and how to tell. */
export interface LabCase {
  readonly id: string
  readonly group: Group
  /** What it tries, as the end of the sentence "it tries to …". */
  readonly tries: string
  /** What should stop it. */
  readonly stops: string
  readonly attack: Attack
}

/** `unclear`: it was to be tried and no answer came, which nobody should take for a defence. */
export interface Verdict {
  readonly status: 'stopped' | 'got_through' | 'not_run' | 'unclear'
  /** What stopped it, what it reached, or why it was not run. */
  readonly what: string
}

/** What the attacker inside was told: a value, or the error that met it. */
export type Outcome = { readonly done: string } | { readonly refused: string }

/** One command in a sandbox of its own, and what the host saw and heard of it. */
export interface Ran {
  readonly ending: SandboxEnding
  readonly stdout: string
  readonly stderr: string
  /** The workspace it wrote, as a path of the host. */
  readonly workspace: string
}

export type Words = readonly (string | number)[]

export type Attack =
  /** One verb of the program in inside/; all of these share one sandbox. */
  | {
      readonly kind: 'inside'
      readonly verb: VerbName
      readonly words: (scene: Scene) => Words
      readonly judge: (outcome: Outcome, scene: Scene, id: string) => Verdict
    }
  /** One raw system call, each in a process of its own; all of these share one sandbox. */
  | {
      readonly kind: 'call'
      readonly call: CallName
      /** Numbers, texts as pointers, and `{ open }` for a descriptor of a file. */
      readonly words: readonly (number | string | { readonly open: string })[]
      readonly judge: (outcome: Outcome) => Verdict
    }
  /** A shell script in a sandbox of its own. */
  | {
      readonly kind: 'alone'
      readonly script: (scene: Scene) => string
      readonly limits: Partial<Limits>
      /** The only directories of the workspace that are writable, when not all of it is. */
      readonly writable?: readonly string[]
      readonly judge: (ran: Ran, scene: Scene) => Verdict | Promise<Verdict>
    }
  /** A shell script that prepares a workspace, which the host then takes in as it takes in an agent's work. */
  | {
      readonly kind: 'import'
      readonly script: (scene: Scene) => string
      readonly judge: (taken: Result<readonly TakenFile[]>, scene: Scene, ran: Ran) => Verdict
    }

export function stopped(what: string): Verdict {
  return { status: 'stopped', what }
}

export function gotThrough(what: string): Verdict {
  return { status: 'got_through', what }
}

export function unclear(what: string): Verdict {
  return { status: 'unclear', what }
}
