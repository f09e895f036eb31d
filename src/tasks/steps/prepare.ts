import { HOST_TOOLCHAIN } from '#contract/image-reference.ts'
import type { Grant } from '#policy/grant.ts'
import { grantDigest } from '#policy/grant.ts'
import { json } from '#store/column.ts'
import type { TaskRow } from '#store/schema.ts'
import { agentPackageFor } from '../agent-package.ts'
import { withPinnedImage } from '../image.ts'
import { preparedBase } from '../prepared.ts'
import { egressWords, setupEgress } from '../setup-egress.ts'
import { failed, type Step } from '../step.ts'
import { modelOf, standbyInGrant } from '../task-model.ts'

/** preparing → running: the base is checked out and set up, and the grant is written before any agent exists. */
export const prepare: Step = async (begun) => {
  begun.tell({
    kind: 'step',
    step: 'prepare',
    note: `Preparing ${begun.task.baseBranch} at ${begun.task.baseCommit.slice(0, 10)}`,
  })
  const pinned = await withPinnedImage(begun)
  if (!pinned.ok) return failed(pinned.failure)
  const context = pinned.value
  const { workshop, task } = context
  const base = await preparedBase(context)
  if (!base.ok) return failed(base.failure)
  const agent = workshop.agents.named(task.agent)
  if (agent === undefined) throw new Error('a task that is prepared has a known agent')
  const agentPackage = await agentPackageFor(workshop, agent, task.projectFile)
  if (!agentPackage.ok) return failed(agentPackage.failure)
  const model = await modelOf(context)
  if (!model.ok) return failed(model.failure)
  const grant: Grant = {
    ...grantFor(task, agentPackage.value, egressWords(await setupEgress(context))),
    ...standbyInGrant(model.value),
  }
  return {
    command: { name: 'run', grant: grantDigest(grant) },
    columns: {
      grantDocument: json(grant),
      ...(task.projectFile === null ? {} : { projectFile: json(task.projectFile) }),
    },
  }
}

function grantFor(task: TaskRow, agentPackage: Grant['agentPackage'], prepare: string[]): Grant {
  return {
    version: 1,
    task: task.id,
    attempt: task.attempt,
    onBehalfOf: task.requester,
    agent: task.agent,
    ...(agentPackage === undefined ? {} : { agentPackage }),
    ...imageOfGrant(task),
    model: task.model,
    scope: task.scope,
    protectedPaths: [...(task.projectFile?.protected ?? [])],
    budget: task.budget,
    egress: { prepare, run: [] },
  }
}

function imageOfGrant({ projectFile }: TaskRow): Pick<Grant, 'image'> {
  const image = projectFile?.image
  return image === undefined || image === HOST_TOOLCHAIN ? {} : { image }
}
