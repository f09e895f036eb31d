import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Pristine } from '#sandbox/workspace/workspaces.ts'
import { imageOf, toolchainOf } from './image.ts'
import { tierFailure } from './required-tier.ts'
import { runSetup } from './run-setup.ts'
import { egressWords, type SetupEgress, setupEgress } from './setup-egress.ts'
import type { StepContext } from './step.ts'

/**
 * The base commit as every sandbox of the task first sees it: checked out and set up, read-only, made once and kept. The
 * setup commands run with the registries of the project file and without any agent; then the network is gone. Every step
 * with a sandbox begins here, so it is here that a weaker sandbox than required is refused: a server may have been started
 * anew with another one in the middle of a task.
 */
export async function preparedBase(context: StepContext): Promise<Result<Pristine>> {
  const { workshop, task } = context
  const tooWeak = tierFailure(task.projectFile?.sandbox?.require, workshop.driver.tier)
  if (tooWeak !== undefined) return refused(tooWeak)
  const image = await imageOf(context)
  if (!image.ok) return image
  const checkout = await checkedOut(context)
  if (!checkout.ok) return checkout
  const setup = task.projectFile?.setup ?? []
  if (setup.length === 0) return checkout

  const egress = await setupEgress(context)
  const key = preparedKey(context, egress)
  const kept = await workshop.workspaces.find(key)
  if (kept !== undefined) return ok(kept)
  const workspace = await workshop.workspaces.copyOf(checkout.value)
  try {
    const done = await runSetup(context, workspace, { egress, of: 'base' })
    if (!done.ok) return done
    return ok(await workshop.workspaces.promote(workspace, key))
  } finally {
    await workshop.workspaces.remove(workspace)
  }
}

async function checkedOut({ workshop, task }: StepContext): Promise<Result<Pristine>> {
  const repository = await workshop.repositoryOf(task.project)
  let filled: Result<void> = ok(undefined)
  const pristine = await workshop.workspaces.pristine(
    `${task.project}-${task.baseCommit}`,
    async (directory) => {
      filled = await repository.materialise(task.baseCommit, directory)
      return filled.ok
    },
  )
  if (pristine !== undefined) return ok(pristine)
  return filled.ok ? refused({ code: 'internal', message: 'The base could not be checked out.' }) : filled
}

function preparedKey(context: StepContext, egress: SetupEgress): string {
  const { task } = context
  const recipe = { setup: task.projectFile?.setup ?? [], egress: egressWords(egress) }
  const digest = digestOf(canonicalJson({ ...recipe, toolchain: toolchainOf(context) }))
  return `${task.project}-${task.baseCommit}-${digest.slice(7, 23)}`
}
