import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import { checkoutSize } from './checkout-size.ts'
import { diskFull, git, runGit } from './run-git.ts'

/**
 * Fills an empty directory with a commit's files and a fresh repository of that one commit: real id, no parents, no
 * remote, no object shared. Files are the blobs byte for byte: attributes, filters and line-end rules do not apply.
 */
export async function materialise(
  gitDirectory: string,
  commit: string,
  directory: string,
): Promise<Result<void>> {
  if ((await readdir(directory)).length > 0) throw new Error('the directory to fill is not empty')
  const size = await checkoutSize(gitDirectory, commit)
  if (!size.ok) return size
  const own = join(directory, '.git')
  await plantRepository(own, commit)
  const environment = { GIT_INDEX_FILE: join(own, 'index'), GIT_WORK_TREE: directory }
  const config = ['core.bare=false', 'checkout.workers=1']
  await git({ gitDirectory, args: ['read-tree', commit], environment, config })
  const written = await runGit({
    gitDirectory,
    args: ['checkout-index', '--all', '-u', '-q'],
    environment,
    config,
  })
  if (written.exitCode !== 0)
    return refused(
      diskFull(written) ?? {
        code: 'repository_unreadable',
        message: `Commit ${commit} cannot be written to disk: ${written.stderr.split('\n')[0] ?? ''}`,
        rule: 'checkout.safe-names',
        remedy: 'Remove the file that a safe git refuses, or free some disk space.',
        details: { stderr: written.stderr },
      },
    )
  await packCommit(gitDirectory, commit, join(own, 'objects'))
  return ok(undefined)
}

async function plantRepository(own: string, commit: string): Promise<void> {
  for (const part of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info'])
    await mkdir(join(own, part), { recursive: true })
  const files = {
    HEAD: 'ref: refs/heads/work\n',
    'refs/heads/work': `${commit}\n`,
    shallow: `${commit}\n`,
    config: CONFIG,
    'info/exclude': '',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(own, name), text)
}

/** checkStat and trustctime: a copy or an overlay changes inode and ctime, which must not make `git status` read all. */
const CONFIG = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = true
\tcheckStat = minimal
\ttrustctime = false
[user]
\tname = agent
\temail = agent@localhost
[gc]
\tauto = 0
`

/** Written with the new object store as git's own: git makes a pack where it stores objects, then renames it in place. */
async function packCommit(gitDirectory: string, commit: string, objects: string): Promise<void> {
  const listed = await git({
    gitDirectory,
    args: ['rev-list', '--objects', '--no-object-names', '--no-walk', '--end-of-options', commit],
  })
  await git({
    gitDirectory,
    args: [
      'pack-objects',
      '--quiet',
      '--delta-base-offset',
      '--window=0',
      '--threads=2',
      join(objects, 'pack/pack'),
    ],
    config: ['core.compression=1', 'pack.writeBitmaps=false'],
    environment: {
      GIT_OBJECT_DIRECTORY: objects,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(gitDirectory, 'objects'),
    },
    input: listed,
  })
}
