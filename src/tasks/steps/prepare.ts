import type { Grant } from '#policy/grant.ts'
import { grantDigest } from '#policy/grant.ts'
import { json } from '#store/column.ts'
import type { TaskRow } from '#store/schema.ts'
import { preparedBase } from '../prepared.ts'
import { egressWords, setupEgress } from '../setup-egress.ts'
import { failed, type Step } from '../step.ts'

/** preparing → running: the base is checked out and set up, and the grant is written before any agent exists. */
export const prepare: Step = async (context) => {
  const { task, tell } = context
  tell({
    kind: 'step',
    step: 'prepare',
    note: `Preparing ${task.baseBranch} at ${task.baseCommit.slice(0, 10)}`,
  })
  const base = await preparedBase(context)
  if (!base.ok) return failed(base.failure)
  const grant = grantFor(task, egressWords(await setupEgress(context)))
  return {
    command: { name: 'run', grant: grantDigest(grant) },
    columns: { grantDocument: json(grant) },
  }
}

function grantFor(task: TaskRow, prepare: string[]): Grant {
  return {
    version: 1,
    task: task.id,
    attempt: task.attempt,
    onBehalfOf: task.requester,
    agent: task.agent,
    model: task.model,
    scope: task.scope,
    protectedPaths: [...(task.projectFile?.protected ?? [])],
    budget: task.budget,
    egress: { prepare, run: [] },
  }
}
