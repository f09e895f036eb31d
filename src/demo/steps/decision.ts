import { follow } from '#cli/follow.ts'
import { sessionOf } from '#cli/session.ts'
import type { Task } from '#contract/task.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { client, type Demo, quoted, type } from '../demo.ts'
import { INTERRUPTED } from '../interruption.ts'

export type Publication = NonNullable<Task['publication']>

/** The person decides; without a terminal the demo does, with the command a person would use. */
export async function decide(demo: Demo, task: Task): Promise<Result<Publication | 'not approved'>> {
  const { narrator, cli } = demo
  const begun = narrator.begin(
    'You decide',
    'Nothing has left the sandbox yet. Your approval is for exactly this patch, and the only way out.',
  )
  if (!begun.ok) return begun
  narrator.asked()
  return cli.screen.interactive ? byKeyboard(demo, task) : byCommand(demo, task)
}

async function byKeyboard(demo: Demo, task: Task): Promise<Result<Publication | 'not approved'>> {
  for (;;) {
    const reviewed = await Promise.race([type(demo, 'review', String(task.number)), demo.interruption.moment])
    if (reviewed === undefined) return refused(INTERRUPTED)
    const now = await taskNow(demo, task)
    if (!now.ok) return now
    if (now.value.publication !== undefined) return ok(now.value.publication)
    if (reviewed.exit !== 0) return refused(notPublished(now.value))
    if (now.value.state === 'rejected' || now.value.state === 'awaiting_review') return ok('not approved')
    const again = await anotherAttempt(demo, now.value)
    if (!again.ok) return again
  }
}

/** They rejected it with a comment: the next attempt is watched like the first. */
async function anotherAttempt(demo: Demo, task: Task): Promise<Result<void>> {
  const reached = await client(demo)
  if (!reached.ok) return reached
  const followed = await follow(sessionOf(demo.cli, {}), reached.value, task)
  if (!followed.ok) return followed
  return followed.value.task.state === 'awaiting_review'
    ? ok(undefined)
    : refused(notPublished(followed.value.task))
}

async function byCommand(demo: Demo, task: Task): Promise<Result<Publication | 'not approved'>> {
  const { narrator, cli, program, place } = demo
  const number = String(task.number)
  const approval = ['approve', number, '--digest', task.patch?.digest ?? '', '--yes']
  await type(demo, 'review', number)
  cli.screen.print('')
  await type(demo, 'diff', number)
  cli.screen.print('')
  narrator.aside('There is no terminal to ask at. Somebody who was shown this would now type one of')
  for (const words of [['review', number], approval])
    cli.screen.print(`  AIRLOCK_HOME=${quoted(place.home)} ${quoted(program)} ${words.join(' ')}`)
  narrator.aside('and the demo now types the second.')
  cli.screen.print('')
  const approved = await type(demo, ...approval)
  const now = await taskNow(demo, task)
  if (!now.ok) return now
  if (approved.exit === 0 && now.value.publication !== undefined) return ok(now.value.publication)
  return refused(notPublished(now.value))
}

async function taskNow(demo: Demo, task: Task): Promise<Result<Task>> {
  const reached = await client(demo)
  return reached.ok ? reached.value.task(task.id) : reached
}

function notPublished(task: Task) {
  return {
    code: task.cause?.code ?? ('push_refused' as const),
    message: `The approved patch was not published: ${task.cause?.message ?? `the task is ${task.state}`}`,
  }
}
