import type { TrustedRepository } from './repository.ts'

/**
 * What the agent changed, without what the setup commands had changed before it: every path that is as setup left it
 * goes back to the base. `afterSetup` and `tree` are both imports of the workspace, before and after the agent.
 */
export async function withoutSetupChanges(
  repository: TrustedRepository,
  base: string,
  afterSetup: string,
  tree: string,
): Promise<string> {
  const bySetup = await repository.changes(base, afterSetup)
  if (bySetup.length === 0) return tree
  const byAgent = new Set((await repository.changes(afterSetup, tree)).map((change) => change.path))
  const untouched = bySetup.map((change) => change.path).filter((path) => !byAgent.has(path))
  return repository.restorePaths(base, tree, untouched)
}
