import { lstatSync } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Digest, digestOf, utf8 } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { MOST_DOCUMENT, readConfiguration, readDocument } from './manifest.ts'
import type { ImageSource } from './source.ts'

/** An image in an archive that stands unpacked in a directory nobody writes to any more. */
export interface ArchivedImage {
  readonly source: ImageSource
  /** What to ask the source for. */
  readonly reference: string
  /** The name that the archive gives to it. */
  readonly name: string | undefined
}

/** Reads an OCI image layout, or what `docker save` wrote before it wrote those. One image only. */
export async function openArchive(directory: string): Promise<Result<ArchivedImage>> {
  const layout = await smallFile(directory, 'index.json')
  const list = DockerList.safeParse(parsed(await smallFile(directory, 'manifest.json'))).data
  if (list !== undefined && list.length > 1) return several()
  const tags = list?.[0]?.RepoTags ?? []
  if (layout !== undefined) return layoutIn(directory, layout, tags[0])
  const [image] = list ?? []
  return image === undefined ? unreadable('there is no image in it') : dockerIn(directory, image, tags[0])
}

const Annotated = z.looseObject({
  annotations: z.record(z.string(), z.string()).optional(),
})
const Layout = z.looseObject({ manifests: z.array(Annotated) })

function layoutIn(directory: string, layout: Buffer, tag: string | undefined): Result<ArchivedImage> {
  const document = readDocument(layout)
  if (document?.kind !== 'index') return unreadable('its index.json is no index')
  const { manifests } = document.index
  if (manifests.length > 1 && manifests.some(({ platform }) => platform === undefined)) return several()
  const [only] = manifests.length === 1 ? manifests : []
  const [annotations] = Layout.parse(parsed(layout)).manifests.map((entry) => entry.annotations ?? {})
  const blob = (digest: string) => `blobs/${digest.replace(':', '/')}`
  return ok({
    reference: only?.digest ?? LAYOUT,
    name:
      tag ?? annotations?.['io.containerd.image.name'] ?? annotations?.['org.opencontainers.image.ref.name'],
    source: fileSource(directory, {
      document: async (reference) => (reference === LAYOUT ? layout : smallFile(directory, blob(reference))),
      path: blob,
    }),
  })
}

const LAYOUT = 'index.json'

const Path = z.string().max(300)
const DockerImage = z.looseObject({
  Config: Path,
  RepoTags: z.array(z.string()).nullish(),
  Layers: z.array(Path).min(1).max(127),
})
type DockerImage = z.infer<typeof DockerImage>
const DockerList = z.array(DockerImage).max(1_000)

/** Without a manifest of its own it is known by the one that it would have: its layers are named by what they unpack to. */
async function dockerIn(
  directory: string,
  { Config, Layers }: DockerImage,
  tag: string | undefined,
): Promise<Result<ArchivedImage>> {
  const config = await smallFile(directory, Config)
  const diffs = config === undefined ? undefined : readConfiguration(config)?.rootfs.diff_ids
  if (config === undefined || diffs?.length !== Layers.length)
    return unreadable('its configuration does not fit its layers')
  const paths = new Map<string, string>([[digestOf(config), Config]])
  // A layer that comes again may be a link to where it came first.
  for (const [index, digest] of diffs.entries())
    if (plainFile(directory, paths.get(digest) ?? '') === undefined) paths.set(digest, Layers[index] ?? '')
  const sizeOf = (digest: Digest) => plainFile(directory, paths.get(digest) ?? '')?.size ?? 0
  const manifest = utf8(
    canonicalJson({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      layers: diffs.map((digest) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar',
        digest,
        size: sizeOf(digest),
      })),
    }),
  )
  return ok({
    reference: digestOf(manifest),
    name: tag,
    source: fileSource(directory, {
      document: async () => manifest,
      path: (digest) => paths.get(digest) ?? '',
    }),
  })
}

interface Files {
  readonly document: (reference: string) => Promise<Uint8Array | undefined>
  readonly path: (digest: string) => string
}

function fileSource(directory: string, { document, path }: Files): ImageSource {
  return {
    async document(reference) {
      const bytes = await document(reference)
      return bytes === undefined ? unreadable(`${reference} is not in it`) : ok(bytes)
    },
    async smallBlob({ digest }) {
      const bytes = await smallFile(directory, path(digest))
      return bytes === undefined ? unreadable(`${digest} is not in it`) : ok(bytes)
    },
    async blob({ digest }, file) {
      const found = plainFile(directory, path(digest))
      if (found === undefined) return unreadable(`${digest} is not in it`)
      try {
        await rename(found.path, file)
        return ok(undefined)
      } catch (error) {
        return refused(failureOf(error))
      }
    },
  }
}

/** A file below a directory, if no component of its path is a link. */
function plainFile(directory: string, path: string): { path: string; size: number } | undefined {
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0')))
    return undefined
  const above = parts.slice(0, -1).map((_, index) => join(directory, ...parts.slice(0, index + 1)))
  if (!above.every((place) => lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true))
    return undefined
  const place = join(directory, ...parts)
  const found = lstatSync(place, { throwIfNoEntry: false })
  return found?.isFile() === true ? { path: place, size: found.size } : undefined
}

async function smallFile(directory: string, path: string): Promise<Buffer | undefined> {
  const found = plainFile(directory, path)
  return found === undefined || found.size > MOST_DOCUMENT ? undefined : readFile(found.path)
}

function parsed(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? '')
  } catch {
    return undefined
  }
}

function several(): Result<never> {
  return unreadable('there are several images in it')
}

function unreadable(why: string): Result<never> {
  return refused({
    code: 'image_unavailable',
    rule: 'image.archive',
    message: `The archive cannot be read as an image: ${why}.`,
    remedy: 'Write it with: docker save NAME -o FILE, or podman save --format oci-archive NAME -o FILE.',
  })
}
