import { instantOf } from '#kernel/instant.ts'
import { forgetConfirmations } from '#store/confirmations.ts'
import { forgetDecisions, tasksToErase } from '#store/erasure.ts'
import { ownOrganisation } from '#store/organisations.ts'
import { taskById } from '#store/tasks.ts'
import { eraseTask } from './erase.ts'
import { SYSTEM } from './move.ts'
import type { Workshop } from './workshop.ts'

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000
/** In one round; the next comes within the hour. */
const MOST_AT_ONCE = 200

/** Erases what each organisation does not want to keep any longer. Evidence of what was published is kept. */
export async function enforceRetention(workshop: Workshop): Promise<void> {
  for (const organisation of await workshop.store.organisations()) await enforceIn(workshop, organisation)
}

async function enforceIn(workshop: Workshop, organisation: string): Promise<void> {
  const { store, clock } = workshop
  const daysAgo = (days: number) => instantOf(clock() - days * DAY_MILLISECONDS)
  const due = await store.inOrganisation(organisation, async (tx) => {
    const own = await ownOrganisation(tx)
    if (own === undefined) return []
    await forgetDecisions(tx, daysAgo(own.decisionDays))
    await forgetConfirmations(tx, instantOf(clock()))
    return own.taskDays === null ? [] : tasksToErase(tx, daysAgo(own.taskDays), MOST_AT_ONCE)
  })
  for (const id of due) {
    const task = await store.inOrganisation(organisation, (tx) => taskById(tx, id))
    if (task !== undefined) await eraseTask(workshop, SYSTEM, task, false)
  }
}

const ROUND_MILLISECONDS = 60 * 60 * 1000

/** Looks once now and then each hour while a server runs; call the returned function to stop. */
export function watchRetention(workshop: Workshop): () => void {
  const round = () =>
    enforceRetention(workshop).catch((cause: unknown) =>
      workshop.onProblem('what is not to be kept any longer could not be erased', cause),
    )
  void round()
  const timer = setInterval(round, ROUND_MILLISECONDS)
  return () => clearInterval(timer)
}
