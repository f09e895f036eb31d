import type { FileChange } from '#contract/patch.ts'
import type { BuiltPatch, TrustedRepository } from '#forge/repository.ts'
import type { CanaryTrip } from '#gateway/outgoing/canary-trip.ts'
import type { CanarySighting, CanaryWatch } from '#guards/canary.ts'

/** A file larger than this is not looked into when it is no text: a canary in it would have to be dug out. */
const LARGEST_BINARY = 4 * 1024 * 1024

/** The first canary in what an agent made: in a line it adds, in the name of a file, or in a file that is no text. */
export async function canaryInWork(
  watch: CanaryWatch,
  repository: TrustedRepository,
  { base, tree, patch }: { readonly base: string; readonly tree: string; readonly patch: BuiltPatch },
): Promise<CanaryTrip | undefined> {
  return (
    at('the name of a file', firstSeen(patch.files.flatMap(namesOf), watch)) ??
    at('a change', watch.sees(addedLines(patch.bytes))) ??
    at('a file that is no text', await inBinaries(watch, repository, base, tree, patch.files))
  )
}

function at(where: string, sighting: CanarySighting | undefined): CanaryTrip | undefined {
  return sighting === undefined ? undefined : { ...sighting, where }
}

function firstSeen(texts: readonly string[], watch: CanaryWatch): CanarySighting | undefined {
  for (const text of texts) {
    const sighting = watch.sees(text)
    if (sighting !== undefined) return sighting
  }
  return undefined
}

function namesOf({ path, pathBytes }: FileChange): readonly string[] {
  return pathBytes === undefined ? [path] : [path, Buffer.from(pathBytes, 'base64').toString('latin1')]
}

/** Without their signs: a canary that is broken over lines stands together again. */
function addedLines(patch: Uint8Array): string {
  return Buffer.from(patch)
    .toString('latin1')
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++ '))
    .map((line) => line.slice(1))
    .join('\n')
}

async function inBinaries(
  watch: CanaryWatch,
  repository: TrustedRepository,
  base: string,
  tree: string,
  files: readonly FileChange[],
): Promise<CanarySighting | undefined> {
  if (!files.some(({ binary }) => binary)) return undefined
  const binary = new Set(files.filter((file) => file.binary).map(({ path }) => path))
  const changes = await repository.changes(await repository.treeOf(base), tree)
  const objects = changes
    .filter(({ path, newMode }) => binary.has(path) && newMode.startsWith('100'))
    .map(({ newObject }) => newObject)
  const sizes = await repository.sizesOf(objects)
  for (const object of objects) {
    if ((sizes.get(object) ?? 0) > LARGEST_BINARY) continue
    const sighting = watch.sees(await repository.readBlob(object))
    if (sighting !== undefined) return sighting
  }
  return undefined
}
