import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type GitCall, git } from './run-git.ts'

/** An index of its own for one operation, so that no two ever meet. */
export interface PrivateIndex {
  /** Runs git on this index; throws when git fails. */
  git(call: Omit<GitCall, 'gitDirectory'>): Promise<Buffer>
  readonly environment: Readonly<Record<string, string>>
  writeTree(): Promise<string>
}

/** Lends an index that holds `treeish` and removes it afterwards. */
export async function withIndex<T>(
  gitDirectory: string,
  treeish: string,
  use: (index: PrivateIndex) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(gitDirectory, 'airlock-index-'))
  const environment = { GIT_INDEX_FILE: join(directory, 'index') }
  const run = (call: Omit<GitCall, 'gitDirectory'>) =>
    git({ ...call, gitDirectory, environment: { ...environment, ...call.environment } })
  try {
    await run({ args: ['read-tree', treeish] })
    return await use({
      git: run,
      environment,
      writeTree: async () => (await run({ args: ['write-tree'] })).toString('latin1').trim(),
    })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
