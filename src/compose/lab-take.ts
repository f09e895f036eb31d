import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { cleanTree } from '#forge/clean-tree.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { ok, type Result } from '#kernel/result.ts'
import { importResult } from '#sandbox/import-result.ts'
import type { Take, TakenFile } from '#sandbox/lab/take.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'

/** The tree without files, which git knows by itself. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

/** The way an agent's work comes in: import in a sandbox, adoption in quarantine, cleaning. Steps as in tasks/import-work.ts. */
export const takeAsTasksDo: Take = async (driver, workspace, directory) => {
  const repository = await openTrustedRepository(join(directory, `${workspace.id}.git`))
  const imported = await importResult(driver, {
    workspace,
    baseTree: EMPTY_TREE,
    ignoreRules: '',
    scratchDirectory: join(directory, 'imports'),
    limits: { ...DEFAULT_LIMITS, memory: 512 * 1024 * 1024, seconds: 60 },
    random: (size) => randomBytes(size),
  })
  if (!imported.ok) return imported
  const { tree, pack } = imported.value
  if (pack === undefined) return ok([])
  const adopted = await repository.adopt(pack, tree)
  if (!adopted.ok) return adopted
  const cleaned = await cleanTree(repository, EMPTY_TREE, adopted.value)
  return filesOf(repository, cleaned.tree)
}

async function filesOf(repository: TrustedRepository, tree: string): Promise<Result<readonly TakenFile[]>> {
  const entries = await repository.list(tree)
  const contents = await repository.readBlobs(
    entries.filter(({ mode }) => mode !== '160000').map(({ object }) => object),
  )
  return ok(
    entries.map(({ path, mode, object }) => ({
      path,
      mode,
      content: Buffer.from(contents.get(object) ?? []).toString('latin1'),
    })),
  )
}
