import { ok, type Result } from '#kernel/result.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { agentMounts } from '../agent-package.ts'
import { runAgent } from '../agent-run.ts'
import { importWork, treeIn } from '../import-work.ts'
import { layPatch } from '../lay-patch.ts'
import { preparedBase } from '../prepared.ts'
import { preserve } from '../preserve.ts'
import { failed, type Step, type StepContext, type StepOutcome } from '../step.ts'
import { modelOf, withinGrant } from '../task-model.ts'

/** running → checking: the agent works in its sandbox, then what it made is taken in as data. */
export const run: Step = async (context) => {
  const { workshop, task, tell } = context
  const grant = task.grantDocument
  const agent = workshop.agents.named(task.agent)
  if (grant === null || agent === undefined) throw new Error('a running task has a grant and a known agent')
  const model = await modelOf(context)
  if (!model.ok) return failed(model.failure)
  const mounts = await agentMounts(workshop, grant.agentPackage)
  if (!mounts.ok) return failed(mounts.failure)
  const base = await preparedBase(context)
  if (!base.ok) return failed(base.failure)

  const workspace = await workshop.workspaces.copyOf(base.value)
  try {
    const before = await treeBefore(context, workspace)
    if (!before.ok) return failed(before.failure)
    const laid = await layPatch(context, workspace, task.onto)
    if (!laid.ok) return failed(laid.failure)
    const ran = await runAgent(
      context,
      workspace,
      grant,
      { agent, mounts: mounts.value },
      withinGrant(model.value, grant),
    )
    if (!ran.ok) return failed(ran.failure)
    tell({ kind: 'agent_ended', ending: ran.value.ending })
    if (context.signal.aborted) return cancelled()
    const outcome = await importWork(context, workspace, before.value, ran.value)
    // Only then: cleanup changes what is there, and the patch is none of its business.
    await preserve(context, workspace, 'run')
    return outcome
  } finally {
    await workshop.workspaces.remove(workspace)
  }
}

/** What is there before the agent comes: the base, and whatever setup made of tracked files. */
async function treeBefore(context: StepContext, workspace: Workspace): Promise<Result<string>> {
  const repository = await context.workshop.repositoryOf(context.task.project)
  if ((context.task.projectFile?.setup ?? []).length === 0)
    return ok(await repository.treeOf(context.task.baseCommit))
  const imported = await treeIn(context, workspace, repository)
  return imported.ok ? ok(imported.value.tree) : imported
}

/** Never written: whoever cancelled has moved the task already. */
function cancelled(): StepOutcome {
  return failed({ code: 'cancelled', message: 'The task was cancelled.' })
}
