import type { FileChange } from '#contract/patch.ts'
import { AirlockError } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { CodeOwners } from '#policy/quorum.ts'
import { peopleOfOwners } from '#store/code-owner-people.ts'
import type { PatchRow } from '#store/patches.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { CODE_OWNERS_PATHS, readCodeOwners } from './code-owners.ts'

const MOST_BYTES = 256 * 1024
/** Lines times paths: a comparison takes a microsecond or two, and nothing else happens meanwhile. */
const MOST_COMPARISONS = 500_000

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
  const { lines, ownersOf } = readCodeOwners(text.value)
  const paths = pathsOf(files)
  if (lines * paths.length > MOST_COMPARISONS)
    return unreadable(`it has ${lines} lines, and ${paths.length} paths are changed`)
  const groups = Map.groupBy(paths, (path) => ownersOf(path).toSorted().join(' '))
  groups.delete('')
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
