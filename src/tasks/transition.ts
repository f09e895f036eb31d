import type { AgentEnding, TaskState } from '#contract/task.ts'
import type { Json } from '#kernel/canonical-json.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

/** What a transition needs to know of a task; everything else about it is data it carries along. */
export interface TaskFacts {
  readonly state: TaskState
  readonly attempt: number
  /** Sandboxes lost to a crash so far, counted over the whole task. */
  readonly lost: number
  /** True when the current patch was cut down by a reviewer: its regressions never go back to the agent. */
  readonly reviewerPatch: boolean
}

/** Everything that can happen to a task. The first ten come from the pipeline, the rest from people. */
export type Command =
  | { readonly name: 'prepare' }
  | { readonly name: 'run'; readonly grant: string }
  | { readonly name: 'check'; readonly patch: string; readonly ending: AgentEnding }
  | { readonly name: 'iterate'; readonly regressions: number }
  | { readonly name: 'await_review'; readonly gates: string; readonly verdict: string }
  | { readonly name: 'publish' }
  | { readonly name: 'published'; readonly commit: string; readonly branch: string; readonly pushed: boolean }
  | { readonly name: 'publish_refused'; readonly failure: Failure }
  | { readonly name: 'end'; readonly as: 'failed' | 'stopped'; readonly failure: Failure }
  | { readonly name: 'lose' }
  | {
      readonly name: 'approve'
      readonly approval: string
      readonly patch: string
      readonly decision: { readonly [key: string]: Json }
    }
  | { readonly name: 'reject'; readonly retry: boolean; readonly commented: boolean }
  | { readonly name: 'select'; readonly patch: string }
  | { readonly name: 'retry' }
  | { readonly name: 'cancel' }

/** An audit entry without its envelope: who and when are added where it is written. */
export interface Entry {
  readonly action: string
  readonly data: { readonly [key: string]: Json }
}

/** What must follow once the transition is committed: more work in the background, or the end of running work. */
export type Obligation = 'advance' | 'interrupt'

export interface Transition {
  readonly next: TaskState
  readonly attempt: number
  readonly lost: number
  readonly entries: readonly Entry[]
  readonly obligations: readonly Obligation[]
  /** Why the task ended or came back, when it was not the plain way. `null` clears an older one. */
  readonly cause: Failure | null
}

/** How many sandboxes a task may lose to crashes before it is called failed. */
export const MOST_LOST = 3

/**
 * The whole life of a task, pure: what the command does to a task in that state, or why it may not.
 * It cannot forget the audit entry, because it returns it.
 */
export function transition(task: TaskFacts, command: Command): Result<Transition> {
  if (!FROM[command.name].includes(task.state)) return wrongState(task, command)
  switch (command.name) {
    case 'prepare':
      return moves(task, 'preparing', 'attempt.started', { attempt: task.attempt })
    case 'run':
      return moves(task, 'running', 'attempt.granted', { attempt: task.attempt, grant: command.grant })
    case 'check':
      return moves(task, 'checking', 'patch.imported', { patch: command.patch, ending: command.ending })
    case 'iterate':
      if (task.reviewerPatch) return wrongState(task, command)
      return moves(task, 'running', 'gates.regressed', { regressions: command.regressions })
    case 'await_review':
      return moves(
        task,
        'awaiting_review',
        'gates.reported',
        { gates: command.gates, verdict: command.verdict },
        [],
      )
    case 'approve':
      return moves(task, 'approved', 'change.approved', {
        approval: command.approval,
        patch: command.patch,
        decision: command.decision,
      })
    case 'publish':
      return moves(task, 'publishing', 'publication.started', {})
    case 'published':
      return moves(
        task,
        'published',
        'change.published',
        { commit: command.commit, branch: command.branch, pushed: command.pushed },
        [],
      )
    case 'publish_refused':
      return moves(
        task,
        'awaiting_review',
        'approval.voided',
        { code: command.failure.code },
        [],
        command.failure,
      )
    case 'end':
      return moves(
        task,
        command.as,
        `task.${command.as}`,
        { code: command.failure.code },
        [],
        command.failure,
      )
    case 'lose':
      return lose(task)
    case 'reject':
      return command.retry
        ? again(task, 'change.sent_back', { commented: command.commented })
        : moves(task, 'rejected', 'change.rejected', { commented: command.commented }, [])
    case 'select':
      return moves(task, 'checking', 'patch.selected', { patch: command.patch })
    case 'retry':
      return again(task, 'task.retried', {})
    case 'cancel':
      return moves(task, 'cancelled', 'task.cancelled', {}, ['interrupt'], {
        code: 'cancelled',
        message: 'The task was cancelled.',
        remedy: 'Retry it to start a new attempt.',
      })
  }
}

/** From which states each command may come. What is not here cannot happen: there is no way to `publishing` but from `approved`. */
const FROM: { readonly [name in Command['name']]: readonly TaskState[] } = {
  prepare: ['queued'],
  run: ['preparing'],
  check: ['running'],
  iterate: ['checking'],
  await_review: ['checking'],
  approve: ['awaiting_review'],
  publish: ['approved'],
  published: ['publishing'],
  publish_refused: ['publishing'],
  end: ['queued', 'preparing', 'running', 'checking'],
  lose: ['preparing', 'running'],
  reject: ['awaiting_review'],
  select: ['awaiting_review'],
  retry: ['awaiting_review', 'failed', 'stopped', 'rejected', 'cancelled'],
  cancel: ['queued', 'preparing', 'running', 'checking', 'awaiting_review', 'approved'],
}

function moves(
  task: TaskFacts,
  next: TaskState,
  action: string,
  data: { readonly [key: string]: Json },
  obligations: readonly Obligation[] = ['advance'],
  cause: Failure | null = null,
): Result<Transition> {
  return ok({ next, attempt: task.attempt, lost: task.lost, entries: [{ action, data }], obligations, cause })
}

function again(task: TaskFacts, action: string, data: { readonly [key: string]: Json }): Result<Transition> {
  return ok({
    next: 'queued',
    attempt: task.attempt + 1,
    // A person looked at it: whatever crashed before does not count against the new attempt.
    lost: 0,
    entries: [{ action, data: { ...data, attempt: task.attempt + 1 } }],
    obligations: ['advance'],
    cause: null,
  })
}

/** An attempt that lost its sandbox is over and a new one begins, but not for ever. */
function lose(task: TaskFacts): Result<Transition> {
  const lost = task.lost + 1
  const cause: Failure = {
    code: 'attempt_lost',
    message: `Attempt ${task.attempt} lost its sandbox when the server stopped.`,
    remedy: 'Retry the task.',
  }
  if (lost >= MOST_LOST)
    return ok({
      next: 'failed',
      attempt: task.attempt,
      lost,
      entries: [{ action: 'task.failed', data: { code: cause.code, lost } }],
      obligations: [],
      cause,
    })
  return ok({
    next: 'queued',
    attempt: task.attempt + 1,
    lost,
    entries: [{ action: 'attempt.lost', data: { attempt: task.attempt, lost } }],
    obligations: ['advance'],
    cause: null,
  })
}

function wrongState(task: TaskFacts, command: Command): Result<never> {
  const words = command.name.replaceAll('_', ' ')
  return refused({
    code: 'wrong_state',
    rule: 'task.life',
    message: `A task that is ${task.state.replaceAll('_', ' ')} cannot ${words}.`,
    remedy: `It can from: ${FROM[command.name].map((state) => state.replaceAll('_', ' ')).join(', ')}.`,
    details: { state: task.state, command: command.name },
  })
}
