import { instantOf } from '#kernel/instant.ts'
import { forgetBaseRuns } from '#store/gate-reports.ts'
import { settleAbandoned } from '#store/shared-budgets.ts'
import { tasksToResume } from '#store/tasks.ts'
import { move, SYSTEM } from './move.ts'
import { resumePreserved } from './preserve.ts'
import type { Workshop } from './workshop.ts'

/** How long what gates said about a base is remembered, in milliseconds. */
const BASE_RUNS_KEPT = 30 * 24 * 3_600 * 1_000

/**
 * What a server does first: removes what a former process left behind, declares attempts whose sandbox is gone over, and
 * enqueues every task that something must be done for. Returns the names of what was swept away.
 */
export async function resume(workshop: Workshop): Promise<readonly string[]> {
  const swept = [
    ...(await workshop.driver.sweep()),
    ...(await workshop.workspaces.sweep()),
    ...(await resumePreserved(workshop)),
  ]
  for (const organisation of await workshop.store.organisations()) {
    const tasks = await workshop.store.inOrganisation(organisation, tasksToResume)
    const long = instantOf(workshop.clock() - BASE_RUNS_KEPT)
    await workshop.store.inOrganisation(organisation, (tx) => forgetBaseRuns(tx, long))
    for (const task of tasks) {
      if (task.state === 'preparing' || task.state === 'running') {
        await move(workshop, task, { by: SYSTEM, command: { name: 'lose' } })
        continue
      }
      await workshop.store.inOrganisation(organisation, (tx) =>
        workshop.store.queue.enqueue(tx, { organisation, task: task.id }),
      )
    }
    await workshop.store.inOrganisation(organisation, settleAbandoned)
  }
  return swept
}
