import { createReadStream } from 'node:fs'
import { type Digest, digestOf } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { sha256OfStream } from './digest.ts'
import {
  type Configuration,
  type Descriptor,
  hostPlatform,
  type Manifest,
  MOST_DOCUMENT,
  manifestFor,
  readConfiguration,
  readDocument,
} from './manifest.ts'

/** Where the parts of images come from: a registry, or an archive. Nothing that it gives is believed before it was hashed. */
export interface ImageSource {
  /** A manifest or an index, at most `MOST_DOCUMENT` bytes: by digest, or by whatever else names one here. */
  document(reference: string): Promise<Result<Uint8Array>>
  /** Puts a blob into a new file: never more than its size. */
  blob(descriptor: Descriptor, file: string): Promise<Result<void>>
  /** A small blob: at most `MOST_DOCUMENT` bytes. */
  smallBlob(descriptor: Descriptor): Promise<Result<Uint8Array>>
}

/** One image for this host, found and checked; its layers are still where they were. */
export interface FoundImage {
  /** Of the manifest. */
  readonly digest: Digest
  /** Of the index that named the manifest, where there was one. */
  readonly index: Digest | undefined
  readonly manifest: Manifest
}

/** What of an image is downloaded at most. */
export const MOST_COMPRESSED = 10 * 1024 * 1024 * 1024

/** Follows a name, or the digest of a manifest or of an index, to the image for this host. */
export async function findImage(source: ImageSource, reference: string): Promise<Result<FoundImage>> {
  const first = await documentOf(source, reference)
  if (!first.ok) return first
  const { digest, document } = first.value
  if (document.kind === 'manifest') return bounded({ digest, index: undefined, manifest: document.manifest })
  const chosen = manifestFor(document.index, hostPlatform())
  if (chosen === undefined) return refused(wrongPlatform(`has no image for ${platformText()}`))
  const second = await documentOf(source, chosen.digest)
  if (!second.ok) return second
  if (second.value.document.kind !== 'manifest') return refused(malformed('an index leads to another index'))
  return bounded({ digest: second.value.digest, index: digest, manifest: second.value.document.manifest })
}

/** The configuration of a found image, if it is one for this host. */
export async function configurationOf(
  source: ImageSource,
  { manifest }: FoundImage,
): Promise<Result<Configuration>> {
  if (manifest.config.size > MOST_DOCUMENT) return refused(malformed('its configuration is too large'))
  const bytes = await source.smallBlob(manifest.config)
  if (!bytes.ok) return bytes
  if (digestOf(bytes.value) !== manifest.config.digest)
    return refused(corrupt('the configuration', manifest.config.digest))
  const configuration = readConfiguration(bytes.value)
  if (configuration === undefined) return refused(malformed('it has no configuration that can be read'))
  if (configuration.rootfs.diff_ids.length !== manifest.layers.length)
    return refused(malformed('manifest and configuration count its layers differently'))
  const { os, architecture } = configuration
  const wanted = hostPlatform()
  if (os === wanted.os && architecture === wanted.architecture) return ok(configuration)
  return refused(wrongPlatform(`is for ${os}/${architecture}, and this host is ${platformText()}`))
}

/** Gets a layer into a file, and makes sure that it is the one that was named. */
export async function fetchLayer(
  source: ImageSource,
  descriptor: Descriptor,
  file: string,
): Promise<Result<void>> {
  const fetched = await source.blob(descriptor, file)
  if (!fetched.ok) return fetched
  const { digest, size } = await sha256OfStream(createReadStream(file))
  return digest === descriptor.digest && size === descriptor.size
    ? ok(undefined)
    : refused(corrupt('a layer', descriptor.digest))
}

async function documentOf(source: ImageSource, reference: string) {
  const bytes = await source.document(reference)
  if (!bytes.ok) return bytes
  const digest = digestOf(bytes.value)
  if (reference.startsWith('sha256:') && digest !== reference)
    return refused(corrupt('the manifest', reference))
  const document = readDocument(bytes.value)
  return document === undefined ? refused(malformed('it has no manifest')) : ok({ digest, document })
}

function bounded(found: FoundImage): Result<FoundImage> {
  const size = found.manifest.layers.reduce((sum, layer) => sum + layer.size, 0)
  if (size <= MOST_COMPRESSED) return ok(found)
  return refused({
    code: 'image_unavailable',
    rule: 'image.size',
    message: `The image is ${size} bytes to download; at most ${MOST_COMPRESSED} are taken.`,
    remedy: 'Choose a smaller image.',
  })
}

function platformText(): string {
  const { os, architecture } = hostPlatform()
  return `${os}/${architecture}`
}

function wrongPlatform(what: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.platform',
    message: `The image ${what}.`,
    remedy: 'Choose an image that is built for this kind of host.',
  }
}

function malformed(what: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.form',
    message: `This is no image that can be read: ${what}.`,
    remedy: 'Build it again, in the OCI or the Docker form (schema 2).',
  }
}

function corrupt(what: string, digest: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.digest',
    message: `What came for ${what} of the image is not ${digest}.`,
    remedy: 'Try again; if it stays so, somebody or something on the way changes it.',
  }
}
