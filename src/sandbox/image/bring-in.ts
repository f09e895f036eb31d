import { type Clock, instantOf } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import { searchPathOf } from './manifest.ts'
import type { ImageShelf, KeptImage } from './shelf.ts'
import { configurationOf, type FoundImage, fetchLayer, type ImageSource } from './source.ts'
import { type Bench, onBench, type UnpackPlace, unpack } from './unpack.ts'

export interface BringInTo {
  readonly place: UnpackPlace
  readonly shelf: ImageShelf
  readonly clock: Clock
}

/** Fetches the layers of a found image, unpacks them and puts the tree on the shelf, all of it or nothing. */
export function bringIn(
  { place, shelf, clock }: BringInTo,
  source: ImageSource,
  found: FoundImage,
  reference: string,
): Promise<Result<KeptImage>> {
  return onBench(place, async (bench) => {
    const configuration = await configurationOf(source, found)
    if (!configuration.ok) return configuration
    const names = await fetchLayers(source, found, bench)
    if (!names.ok) return names
    const diffs = configuration.value.rootfs.diff_ids
    const layers = names.value.map((name, index) => {
      const diffId = diffs[index]
      return diffId === undefined ? { name } : { name, diffId }
    })
    const facts = await unpack(place, bench, layers, 'image')
    if (!facts.ok) return facts
    const path = searchPathOf(configuration.value)
    const record: KeptImage = {
      format: 1,
      digest: found.digest,
      ...(found.index === undefined ? {} : { index: found.index }),
      reference,
      ...(path === undefined ? {} : { path }),
      ...facts.value,
      obtainedAt: instantOf(clock()),
    }
    await shelf.keep(record, bench.root)
    return ok(record)
  })
}

/** The names of the files, one for each layer from the bottom up; a layer that comes twice is one file. */
async function fetchLayers(
  source: ImageSource,
  { manifest }: FoundImage,
  bench: Bench,
): Promise<Result<readonly string[]>> {
  const fetched = new Set<string>()
  const names: string[] = []
  for (const layer of manifest.layers) {
    const name = layer.digest.slice('sha256:'.length)
    names.push(name)
    if (fetched.has(name)) continue
    fetched.add(name)
    const done = await fetchLayer(source, layer, `${bench.layers}/${name}`)
    if (!done.ok) return done
  }
  return ok(names)
}
