import { ok, type Result, refused } from '#kernel/result.ts'
import { layChanges } from '#sandbox/workspace/lay-changes.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { patchById } from '#store/patches.ts'
import type { StepContext } from './step.ts'

/** Brings a fresh workspace from the base to what a patch makes of it, file by file, without running anything. */
export async function layPatch(
  { workshop, task }: StepContext,
  workspace: Workspace,
  patchId: string | null,
): Promise<Result<void>> {
  if (patchId === null) return ok(undefined)
  const patch = await workshop.store.inOrganisation(task.organisation, (tx) => patchById(tx, patchId))
  if (patch === undefined) return refused({ code: 'not_found', message: 'The patch to build upon is gone.' })
  const repository = await workshop.repositoryOf(task.project)
  const changes = await repository.changes(patch.base, patch.tree)
  return layChanges(workspace, changes, (object) => repository.readBlob(object))
}
