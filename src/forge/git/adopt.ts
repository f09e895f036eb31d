import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type GitOutcome, runGit } from './run-git.ts'

const MiB = 1024 * 1024

/** What one import may weigh: the pack itself, before anything is unpacked from it. */
export const PACK_LIMIT = 128 * MiB

/**
 * Takes a pack that a sandbox wrote into the repository, as a server takes a push: into a quarantine first, every object
 * checked by fsck, everything that `tree` needs present; only then it becomes part of the repository.
 */
export async function adoptPack(
  gitDirectory: string,
  pack: Uint8Array,
  tree: string,
): Promise<Result<string>> {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(tree)) return refused(unsafe('the tree has no proper name'))
  if (pack.byteLength > PACK_LIMIT) return refused(unsafe(`the pack has more than ${PACK_LIMIT} bytes`))
  const quarantine = await mkdtemp(join(gitDirectory, 'airlock-quarantine-'))
  try {
    await mkdir(join(quarantine, 'pack'))
    const environment = {
      GIT_OBJECT_DIRECTORY: quarantine,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(gitDirectory, 'objects'),
      GIT_QUARANTINE_PATH: quarantine,
    }
    const run = (args: readonly string[], input?: Uint8Array) =>
      runGit({
        gitDirectory,
        args,
        environment,
        milliseconds: 120_000,
        ...(input === undefined ? {} : { input }),
      })

    const indexed = await run(
      ['index-pack', '--stdin', '--fix-thin', '--strict', `--max-input-size=${PACK_LIMIT}`],
      pack,
    )
    if (indexed.exitCode !== 0) return refused(unsafe(words(indexed)))
    const complete = await run(['rev-list', '--objects', '--quiet', '--end-of-options', tree])
    if (complete.exitCode !== 0) return refused(unsafe(words(complete)))
    await release(join(quarantine, 'pack'), join(gitDirectory, 'objects', 'pack'))
    return ok(tree)
  } finally {
    await rm(quarantine, { recursive: true, force: true })
  }
}

/** The .idx goes last: git sees a pack only once its index is there. */
async function release(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  const names = (await readdir(from)).sort((a, b) => Number(a.endsWith('.idx')) - Number(b.endsWith('.idx')))
  for (const name of names) await rename(join(from, name), join(to, name))
}

function words(outcome: GitOutcome): string {
  return outcome.stderr.split('\n')[0] || outcome.ended
}

function unsafe(why: string) {
  return {
    code: 'unsafe_entry',
    message: `The result of the sandbox was not taken in: ${why}.`,
    rule: 'import.fsck',
    remedy:
      'Start another attempt; if it happens again, see what the task writes under names that begin with .git.',
  } as const
}
