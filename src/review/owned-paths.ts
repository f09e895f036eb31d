import { setImmediate } from 'node:timers/promises'
import type { FileChange } from '#contract/patch.ts'
import { AirlockError } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { CodeOwners } from '#policy/quorum.ts'
import { peopleOfOwners } from '#store/code-owner-people.ts'
import type { PatchRow } from '#store/patches.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { CODE_OWNERS_PATHS, type CodeOwnersFile, readCodeOwners } from './code-owners.ts'

const MOST_BYTES = 256 * 1024
/** Characters of patterns times those of paths; two of them take up to 15 ns when somebody wrote them for that, and hardly one else. */
const MOST_WORK = 2_000_000_000
/** For one path; after so much others have their turn. */
const MOST_AT_ONCE = 100_000_000

/**
 * The changed paths that have owners, those of the same owners together, by the CODEOWNERS of the base: what a patch says
 * of its owners counts for nothing. Refuses where that cannot be told.
 */
export async function ownedPaths(
  { store, repositoryOf }: Pick<Workshop, 'store' | 'repositoryOf'>,
  { organisation, project }: { readonly organisation: string; readonly project: string },
  { base, files }: PatchRow,
): Promise<Result<readonly CodeOwners[]>> {
  const repository = await repositoryOf(project)
  const text = await textAt((path) => repository.readFile(base, path, MOST_BYTES))
  if (!text.ok) return text
  const file = readCodeOwners(text.value)
  const paths = pathsOf(files)
  const work = paths.map((path) => path.length * file.characters)
  if (work.some((each) => each > MOST_AT_ONCE) || work.reduce((sum, each) => sum + each, 0) > MOST_WORK)
    return unreadable(`it has ${file.lines} lines, and ${paths.length} paths are changed`)
  const groups = await byOwners(paths, file)
  const owners = [...groups.keys()].flatMap((key) => key.split(' '))
  const people = await store.inOrganisation(organisation, (tx) => peopleOfOwners(tx, [...new Set(owners)]))
  return ok(
    [...groups].map(([key, owned]) => ({
      owners: key.split(' '),
      people: [...new Set(key.split(' ').flatMap((owner) => people.get(owner) ?? []))],
      paths: owned,
    })),
  )
}

async function byOwners(
  paths: readonly string[],
  { characters, ownersOf }: CodeOwnersFile,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const groups = new Map<string, string[]>()
  let work = 0
  for (const path of paths) {
    work += path.length * characters
    if (work > MOST_AT_ONCE) {
      await setImmediate()
      work = 0
    }
    const owners = ownersOf(path).toSorted().join(' ')
    if (owners === '') continue
    const group = groups.get(owners) ?? []
    group.push(path)
    groups.set(owners, group)
  }
  return groups
}

async function textAt(read: (path: string) => Promise<Uint8Array | undefined>): Promise<Result<string>> {
  for (const path of CODE_OWNERS_PATHS) {
    try {
      const bytes = await read(path)
      if (bytes !== undefined) return ok(Buffer.from(bytes).toString('utf8'))
    } catch (error) {
      if (!(error instanceof AirlockError) || error.failure.code !== 'file_too_large') throw error
      return unreadable(`it is larger than ${MOST_BYTES / 1024} KiB`)
    }
  }
  return ok('')
}

/** A renamed file was also where it was. */
function pathsOf(files: readonly FileChange[]): readonly string[] {
  return [
    ...new Set(files.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])])),
  ]
}

function unreadable(why: string): Result<never> {
  return refused({
    code: 'invalid_configuration',
    rule: 'approval.code_owners',
    message: `Who owns the changed paths cannot be read from CODEOWNERS: ${why}.`,
    remedy: 'Make it smaller, or ask for a smaller change.',
  })
}
