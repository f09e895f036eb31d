import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TASK_STATES, type TaskState } from '#contract/task.ts'
import { type Command, MOST_LOST, type TaskFacts, transition } from '#tasks/transition.ts'

const failure = { code: 'setup_failed', message: 'The setup failed.' } as const

const COMMANDS: readonly Command[] = [
  { name: 'prepare' },
  { name: 'run', grant: 'sha256:g' },
  { name: 'check', patch: 'sha256:p', ending: 'finished' },
  { name: 'iterate', regressions: 2 },
  { name: 'await_review', gates: 'sha256:r', verdict: 'pass' },
  { name: 'publish' },
  { name: 'published', commit: 'c', branch: 'airlock/1-x', pushed: true },
  { name: 'publish_refused', failure },
  { name: 'end', as: 'failed', failure },
  { name: 'end', as: 'stopped', failure },
  { name: 'lose' },
  { name: 'approve', approval: 'apr', patch: 'sha256:p', decision: { risk: 'high' } },
  { name: 'reject', retry: false, commented: false },
  { name: 'reject', retry: true, commented: true },
  { name: 'select', patch: 'sha256:q' },
  { name: 'retry' },
  { name: 'cancel' },
]

function taskIn(state: TaskState, more: Partial<TaskFacts> = {}): TaskFacts {
  return { state, attempt: 1, lost: 0, reviewerPatch: false, ...more }
}

describe('the life of a task', () => {
  test('allows exactly the moves of this table', () => {
    const moves = TASK_STATES.flatMap((state) =>
      COMMANDS.flatMap((command) => {
        const result = transition(taskIn(state), command)
        const variant =
          'as' in command ? `:${command.as}` : 'retry' in command && command.retry ? ':retry' : ''
        return result.ok ? [`${state} --${command.name}${variant}--> ${result.value.next}`] : []
      }),
    )
    expect(moves).toMatchSnapshot()
  })

  test('a plain life passes through every state once', () => {
    const plain: Command[] = COMMANDS.filter(({ name }) =>
      ['prepare', 'run', 'check', 'await_review', 'approve', 'publish', 'published'].includes(name),
    ).sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
    const seen: string[] = ['queued']
    let task = taskIn('queued')
    for (const command of plain) {
      const result = transition(task, command)
      if (!result.ok) throw new Error(result.failure.message)
      task = { ...task, state: result.value.next, attempt: result.value.attempt, lost: result.value.lost }
      seen.push(task.state)
    }
    expect(seen).toEqual([
      'queued',
      'preparing',
      'running',
      'checking',
      'awaiting_review',
      'approved',
      'publishing',
      'published',
    ])
  })

  test('a refusal names the rule, the state and from where it would be allowed', () => {
    expect(
      transition(taskIn('running'), { name: 'approve', approval: 'a', patch: 'p', decision: {} }),
    ).toEqual({
      ok: false,
      failure: {
        code: 'wrong_state',
        rule: 'task.life',
        message: 'A task that is running cannot approve.',
        remedy: 'It can from: awaiting review.',
        details: { state: 'running', command: 'approve' },
      },
    })
  })

  test('every move writes at least one audit entry', () => {
    for (const state of TASK_STATES)
      for (const command of COMMANDS) {
        const result = transition(taskIn(state), command)
        if (result.ok) expect(result.value.entries.length).toBeGreaterThan(0)
      }
  })

  test('a sandbox lost once too often fails the task instead of starting for ever', () => {
    const result = transition(taskIn('running', { lost: MOST_LOST - 1 }), { name: 'lose' })
    expect(result.ok && result.value.next).toBe('failed')
  })

  test('regressions of a patch that a reviewer cut down never go back to the agent', () => {
    expect(
      transition(taskIn('checking', { reviewerPatch: true }), { name: 'iterate', regressions: 1 }).ok,
    ).toBe(false)
  })

  test('no sequence of commands reaches publishing without an approval after the last change of the patch', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 60 }), (commands) => {
        let task = taskIn('queued')
        let approved = false
        for (const command of commands) {
          const result = transition(task, command)
          if (!result.ok) continue
          if (
            ['check', 'select', 'retry', 'reject', 'lose', 'publish_refused', 'cancel'].includes(command.name)
          )
            approved = false
          if (command.name === 'approve') approved = true
          if (result.value.next === 'publishing' || result.value.next === 'published')
            expect(approved).toBe(true)
          task = { ...task, state: result.value.next, attempt: result.value.attempt, lost: result.value.lost }
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

const ORDER = ['prepare', 'run', 'check', 'await_review', 'approve', 'publish', 'published']
