import { chmod, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ImageReference, imageReferenceText, parseImageReference } from '#contract/image-reference.ts'
import { failureOf } from '#kernel/failure.ts'
import type { Clock } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type ArchivedImage, openArchive } from './archive.ts'
import { bringIn } from './bring-in.ts'
import { createHttps, type HttpsOptions } from './https.ts'
import { cancelled, noName, notAllowed, notHere, unreadableFile } from './refusals.ts'
import { registrySource } from './registry.ts'
import { createImageShelf, type KeptImage } from './shelf.ts'
import { findImage, type ImageSource } from './source.ts'
import { examineTree } from './tree.ts'
import { tryImage } from './trial.ts'
import { type Bench, onBench, type UnpackPlace, unpack } from './unpack.ts'

/** An image that is unpacked, as it was unpacked, and able to run a task's commands. */
export interface Image {
  readonly digest: string
  /** For `imageRoot` of a sandbox. */
  readonly root: string
  /** The directories that its own environment searches for programs. */
  readonly path: string | undefined
  /** Its full name with the digest: leads to this image and no other, whatever becomes of a tag. */
  readonly pinned: string
}

/** The images of an installation. */
export interface Images {
  /**
   * The image behind a name: by its digest, by a name given to it here by hand, or by what the registry's tag leads to now.
   * Got and unpacked when it is not here yet. Refuses with `image_unavailable`; nothing is left behind then.
   */
  obtain(name: string, signal?: AbortSignal): Promise<Result<Image>>
  /** Gets what a registry has under a name; from then on the name leads to that, until it is pulled again. */
  pull(name: string, signal?: AbortSignal): Promise<Result<KeptImage>>
  /** Brings one in from an OCI layout or `docker save` archive, under a name or under the one it has there. */
  add(file: string, name?: string): Promise<Result<KeptImage>>
  list(): Promise<readonly ListedImage[]>
  /** By name or digest. Whatever runs in it loses its programs. */
  remove(nameOrDigest: string): Promise<Result<KeptImage>>
  /** Removes what a process that died left half done. Only for who holds the installation. */
  sweep(): Promise<readonly string[]>
  /** Ends what is under way, and waits until nothing of it is left. */
  close(): Promise<void>
}

export interface ListedImage extends KeptImage {
  readonly names: readonly string[]
}

export interface ImagesOptions extends HttpsOptions {
  readonly place: UnpackPlace
  /** Where they are kept, on the file system of the scratch directory. The sandboxes' user must be able to reach it. */
  readonly directory: string
  /** Registries that may be asked, by the names they have in references. */
  readonly registries: readonly string[]
  readonly clock: Clock
  readonly onProblem: (message: string, cause: unknown) => void
}

const HOUR = 3_600_000

export function createImages(options: ImagesOptions): Images {
  const { directory, registries, clock, onProblem } = options
  const closing = new AbortController()
  const place: UnpackPlace = { ...options.place, signal: closing.signal }
  const shelf = createImageShelf(directory, place.random)
  const coming = new Map<string, Promise<Result<KeptImage>>>()
  // Looked at once by each process: nobody but the account of the server can write to them.
  const unchanged = new Map<string, Promise<boolean>>()
  const tried = new Map<string, Promise<Result<void>>>()

  /** One at a time for each name, whoever asks; who loses patience leaves the others with it. */
  const once = (key: string, get: () => Promise<Result<KeptImage>>, signal: AbortSignal | undefined) => {
    const flight =
      coming.get(key) ??
      get()
        .catch((error) => refused(failureOf(error)))
        .finally(() => coming.delete(key))
    coming.set(key, flight)
    return signal === undefined ? flight : Promise.race([flight, aborted(signal)])
  }

  const fromRegistry = (reference: ImageReference, signal?: AbortSignal): Promise<Result<KeptImage>> => {
    if (!registries.includes(reference.registry))
      return Promise.resolve(refused(notAllowed(reference, registries)))
    const name = imageReferenceText(reference)
    const get = async () => {
      const https = createHttps(options)
      const hangUp = () => void https.close()
      const deadline = setTimeout(hangUp, HOUR)
      closing.signal.addEventListener('abort', hangUp, { once: true })
      try {
        return await taken(registrySource(https, reference), reference.digest ?? reference.tag ?? '', name)
      } finally {
        clearTimeout(deadline)
        closing.signal.removeEventListener('abort', hangUp)
        await https.close()
      }
    }
    return once(name, get, signal)
  }

  const taken = async (source: ImageSource, wanted: string, name: string): Promise<Result<KeptImage>> => {
    const found = await findImage(source, wanted)
    if (!found.ok) return found
    const kept = await here(found.value.digest)
    if (kept !== undefined) return ok(kept)
    const brought = await bringIn({ place, shelf, clock }, source, found.value, name)
    if (brought.ok) unchanged.set(keyOf(brought.value), Promise.resolve(true))
    return brought
  }

  /** Found, and as it was when it was unpacked; else taken away, so that it can come anew. */
  const here = async (digest: string): Promise<KeptImage | undefined> => {
    const kept = await keptBy(digest)
    if (kept === undefined) return undefined
    const root = shelf.rootOf(kept.digest)
    if (await remembered(unchanged, keyOf(kept), () => isUnchanged(kept, root), Boolean)) return kept
    onProblem(`an unpacked image is not as it was, and is removed: ${root}`, kept.fingerprint)
    await shelf.remove(kept.digest)
    return undefined
  }

  const keptBy = async (digest: string): Promise<KeptImage | undefined> =>
    (await shelf.find(digest)) ?? (await shelf.list()).find(({ index }) => index === digest)

  const obtain: Images['obtain'] = async (name, signal) => {
    const reference = parseImageReference(name)
    if (reference === undefined) return refused(noName(name))
    const digest = reference.digest ?? (await shelf.names())[imageReferenceText(reference)]
    const present = digest === undefined ? undefined : await here(digest)
    // A name that leads to a digest leads nowhere else, also when that image has to come anew.
    const exact = digest === undefined ? reference : { ...reference, digest }
    const kept = present === undefined ? await fromRegistry(exact, signal) : ok(present)
    if (!kept.ok) return kept
    const root = shelf.rootOf(kept.value.digest)
    const works = await remembered(
      tried,
      keyOf(kept.value),
      () => tryImage(place, root),
      ({ ok }) => ok,
    )
    return works.ok ? ok(imageOf(kept.value, root, reference)) : works
  }

  return {
    obtain: (name, signal) => obtain(name, signal).catch((error) => refused(failureOf(error))),
    async pull(name, signal) {
      const reference = parseImageReference(name)
      if (reference === undefined) return refused(noName(name))
      const kept = await fromRegistry(reference, signal)
      if (kept.ok && reference.digest === undefined)
        await shelf.name(imageReferenceText(reference), kept.value.digest)
      return kept
    },
    add: (file, name) =>
      onBench(place, async (bench) => {
        const archived = await openedArchive(place, bench, file)
        if (!archived.ok) return archived
        const text = name ?? archived.value.name
        const reference = text === undefined ? undefined : parseImageReference(text)
        if (reference === undefined) return refused(noName(text))
        const { tag = 'latest' } = reference
        const full = imageReferenceText({ ...reference, tag, digest: undefined })
        const kept = await taken(archived.value.source, archived.value.reference, full)
        if (kept.ok) await shelf.name(full, kept.value.digest)
        return kept
      }).catch((error) => refused(failureOf(error))),
    async list() {
      const names = Object.entries(await shelf.names())
      return (await shelf.list()).map((kept) => ({
        ...kept,
        names: names.filter(([, digest]) => digest === kept.digest).map(([name]) => name),
      }))
    },
    async remove(nameOrDigest) {
      const reference = parseImageReference(nameOrDigest)
      const names = await shelf.names()
      const digest =
        reference === undefined
          ? nameOrDigest
          : (reference.digest ?? names[imageReferenceText(reference)] ?? nameOrDigest)
      const kept = await keptBy(digest)
      if (kept === undefined) return refused(notHere(nameOrDigest))
      for (const [name, target] of Object.entries(names))
        if (target === kept.digest) await shelf.name(name, undefined)
      await shelf.remove(kept.digest)
      return ok(kept)
    },
    sweep: () => shelf.sweep(),
    async close() {
      closing.abort()
      await Promise.allSettled(coming.values())
    },
  }
}

function keyOf({ digest, obtainedAt }: KeptImage): string {
  return `${digest} ${obtainedAt}`
}

/** Only a good answer is remembered. */
async function remembered<Answer>(
  answers: Map<string, Promise<Answer>>,
  key: string,
  ask: () => Promise<Answer>,
  isGood: (answer: Answer) => boolean,
): Promise<Answer> {
  const asked = answers.get(key) ?? ask()
  answers.set(key, asked)
  try {
    const answer = await asked
    if (!isGood(answer)) answers.delete(key)
    return answer
  } catch (error) {
    answers.delete(key)
    throw error
  }
}

async function isUnchanged(kept: KeptImage, root: string): Promise<boolean> {
  return (await examineTree(root, kept))?.fingerprint === kept.fingerprint
}

function imageOf(
  { digest, path }: KeptImage,
  root: string,
  { registry, repository, tag }: ImageReference,
): Image {
  return { digest, root, path, pinned: imageReferenceText({ registry, repository, tag, digest }) }
}

/** An archive is as hostile as a layer, and is unpacked like one. */
async function openedArchive(place: UnpackPlace, bench: Bench, file: string): Promise<Result<ArchivedImage>> {
  const copy = join(bench.layers, 'archive')
  try {
    await copyFile(file, copy)
  } catch (error) {
    return refused(unreadableFile(file, error))
  }
  await chmod(copy, 0o644)
  const opened = await unpack(place, bench, [{ name: 'archive' }], 'archive')
  return opened.ok ? openArchive(bench.root) : opened
}

function aborted(signal: AbortSignal): Promise<Result<never>> {
  return new Promise((resolve) => {
    const leave = () => resolve(refused(cancelled()))
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}
