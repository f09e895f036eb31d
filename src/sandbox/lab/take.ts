import type { Result } from '#kernel/result.ts'
import type { SandboxDriver } from '../driver.ts'
import type { Workspace } from '../workspace/workspaces.ts'

/** One file of a tree that was taken in. */
export interface TakenFile {
  readonly path: string
  readonly mode: string
  readonly content: string
}

/**
 * Takes in what a workspace holds over an empty base, all the way to the tree a reviewer would see. Other rooms have a
 * part in that, so whoever runs the lab hands it in.
 */
export type Take = (
  driver: SandboxDriver,
  workspace: Workspace,
  directory: string,
) => Promise<Result<readonly TakenFile[]>>
