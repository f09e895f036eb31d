import { rawChanges } from './changes.ts'
import { withIndex } from './private-index.ts'

/**
 * A tree equal to `tree`, with these paths as they are in `base`. Only paths that differ are touched, so that any text
 * is safe here; a file restored where `tree` has a directory (or the reverse) takes that away with it.
 */
export async function restorePaths(
  gitDirectory: string,
  base: string,
  tree: string,
  paths: readonly string[],
): Promise<string> {
  const wanted = new Set(paths)
  const changes = (await rawChanges(gitDirectory, base, tree)).filter((change) => wanted.has(change.path))
  if (changes.length === 0) return tree
  // Removals first: an entry put back must not meet one that is about to go.
  const gone = changes.filter((change) => change.oldMode === '000000')
  const back = changes.filter((change) => change.oldMode !== '000000')
  const lines = [...gone, ...back].flatMap((change) => [
    Buffer.from(`${change.oldMode === '000000' ? '0' : change.oldMode} ${change.oldObject}\t`),
    change.name.bytes,
    Buffer.of(0),
  ])
  return withIndex(gitDirectory, tree, async (index) => {
    await index.git({
      args: ['update-index', '--replace', '-z', '--index-info'],
      input: Buffer.concat(lines),
    })
    return index.writeTree()
  })
}
