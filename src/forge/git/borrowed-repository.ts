import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { TrustedRepository } from '../repository.ts'
import { runGit } from './run-git.ts'
import { openTrustedRepository } from './trusted-repository.ts'

/**
 * Lends a trusted repository over the objects of somebody's clone: the same settings as on the server, so that a patch
 * has the same bytes, and nothing of the clone's own configuration, attributes or replacements. Nothing is written there.
 */
export async function withBorrowedRepository<T>(
  clone: string,
  use: (repository: TrustedRepository) => Promise<T>,
): Promise<Result<T>> {
  const found = await runGit({
    args: ['-C', resolve(clone), 'rev-parse', '--git-path', 'objects'],
    config: ['safe.directory=*'],
  })
  if (found.exitCode !== 0) return refused(notARepository(clone))
  const objects = resolve(clone, found.stdout.toString('utf8').replace(/\n$/, ''))
  if (/[\n"]/.test(objects)) return refused(notARepository(clone))
  const directory = await mkdtemp(join(tmpdir(), 'airlock-borrowed-'))
  try {
    const repository = await openTrustedRepository(join(directory, 'borrowed.git'))
    await mkdir(join(repository.gitDirectory, 'objects', 'info'), { recursive: true })
    await writeFile(join(repository.gitDirectory, 'objects', 'info', 'alternates'), `${objects}\n`)
    return ok(await use(repository))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function notARepository(clone: string) {
  return {
    code: 'repository_unreadable',
    message: `There is no git repository at ${clone}.`,
    remedy: 'Name the directory of a clone.',
  } as const
}
