import { egressWithinRuleOfTwo, isTrusted, type KeptEgress, labelled, type Source } from '#policy/trust.ts'
import type { AttemptRow } from '#store/attempts.ts'
import type { TaskRow } from '#store/schema.ts'
import type { Workshop } from './workshop.ts'

/** Where the feedback of a task is from: gates speak within an attempt, a reviewer's words begin a new one. */
function feedbackSource({ iterations }: Pick<AttemptRow, 'iterations'>): Source {
  return iterations > 0 ? 'gates' : 'reviewer'
}

/** What came back about earlier work, with the name of who says so; marked anew at each telling. */
export function labelledFeedback(
  { random }: Pick<Workshop, 'random'>,
  { feedback }: Pick<TaskRow, 'feedback'>,
  attempt: Pick<AttemptRow, 'iterations'>,
): string | undefined {
  if (feedback === null) return undefined
  return labelled(feedbackSource(attempt), feedback, `mark-${Buffer.from(random(9)).toString('hex')}`)
}

/** What an agent keeps of the ways out it was given, by what it is going to read: a repository always, and what came back. */
export function egressOf(
  routes: KeptEgress['routes'],
  { feedback }: Pick<TaskRow, 'feedback'>,
  attempt: Pick<AttemptRow, 'iterations'>,
): KeptEgress {
  const told = feedback === null ? [] : [feedbackSource(attempt)]
  const strangers = told.filter((source) => !isTrusted(source))
  return egressWithinRuleOfTwo([...strangers, 'repository'], routes)
}
