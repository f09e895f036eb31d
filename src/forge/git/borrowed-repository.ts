import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TrustedRepository } from '../repository.ts'
import { openTrustedRepository } from './trusted-repository.ts'

/**
 * Lends a bare repository of our own that reads somebody else's objects, and removes it afterwards. So their history is
 * read with none of their configuration, hooks or attributes, and nothing is written to them.
 */
export async function withBorrowedObjects<T>(
  objectDirectory: string,
  use: (repository: TrustedRepository) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'airlock-borrowed-'))
  try {
    const repository = await openTrustedRepository(join(scratch, 'repository.git'))
    await writeFile(
      join(repository.gitDirectory, 'objects', 'info', 'alternates'),
      `${quoted(objectDirectory)}\n`,
    )
    return await use(repository)
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** git reads a line that begins with a quote as a C string, and any other line as it is. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}
