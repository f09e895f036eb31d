import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import { fillRoot, programsOfHost } from './image-root.ts'

/** An entry of a layer; a text makes it a file. */
export type LayerEntry = Partial<Header> & { readonly name: string; readonly text?: string | Buffer }
export type Compression = 'gzip' | 'zstd' | 'none'

export interface BuiltImage {
  readonly manifest: Buffer
  readonly digest: string
  /** Everything the manifest names, by digest. */
  readonly blobs: ReadonlyMap<string, Buffer>
  readonly config: Buffer
  /** The layers before they were compressed. */
  readonly tars: readonly Buffer[]
}

export interface ImageShape {
  readonly layers: readonly Buffer[]
  readonly compression?: Compression
  readonly environment?: readonly string[]
  readonly architecture?: string
  readonly config?: Readonly<Record<string, unknown>>
}

/** What of Airlock's own is native beside Node. */
const NATIVE = createRequire(import.meta.url).resolve(`@ast-grep/napi-linux-${process.arch}-gnu`)

export const HOST_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64'

export function sha256Of(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** A layer, entry by entry, whatever stands in them. */
export async function layerOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const archive = pack()
  for (const { text, ...header } of entries) archive.entry(header, text ?? '')
  archive.finalize()
  return buffer(archive as unknown as AsyncIterable<Buffer>)
}

let hostLayer: Promise<Buffer> | undefined

/** A layer of real programs of this host, with what they and Airlock's Node are linked with. Made once. */
export function layerOfHost(): Promise<Buffer> {
  hostLayer ??= makeHostLayer(['sh', 'env', 'cat', 'ls'], true)
  return hostLayer
}

export async function makeHostLayer(names: readonly string[], forNode: boolean): Promise<Buffer> {
  const root = mkdtempSync(join(tmpdir(), 'airlock-layer-'))
  try {
    await fillRoot(root, names)
    const libraries = programsOfHost([process.execPath, NATIVE]).filter(
      (path) => ![process.execPath, NATIVE].includes(path),
    )
    if (forNode)
      for (const path of libraries)
        execFileSync('sh', ['-c', 'mkdir -p "$(dirname "$2$1")" && cp -L "$1" "$2$1"', 'sh', path, root])
    chmodSync(root, 0o755)
    return execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', '-', '.'], {
      maxBuffer: 256 * 1024 * 1024,
    })
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const PACKED: Readonly<Record<Compression, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes, { level: 1 }),
  zstd: (bytes) => zstdCompressSync(bytes),
  none: (bytes) => bytes,
}

export function builtImage(shape: ImageShape): BuiltImage {
  const { layers, compression = 'gzip', environment = [], architecture = HOST_ARCHITECTURE } = shape
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      config: { Env: environment },
      rootfs: { type: 'layers', diff_ids: layers.map(sha256Of) },
      ...shape.config,
    }),
  )
  const packed = layers.map(PACKED[compression])
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: descriptorOf(config, 'application/vnd.oci.image.config.v1+json'),
      layers: packed.map((layer) => descriptorOf(layer, 'application/vnd.oci.image.layer.v1.tar+gzip')),
    }),
  )
  return {
    manifest,
    digest: sha256Of(manifest),
    config,
    tars: layers,
    blobs: new Map([config, ...packed].map((blob) => [sha256Of(blob), blob])),
  }
}

/** The bytes of an index of images by `os/architecture`; an image that says nothing of its platform under ''. */
export function indexOf(images: Readonly<Record<string, BuiltImage>>): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: Object.entries(images).map(([platform, { manifest }]) => {
        const [os, architecture] = platform.split('/')
        return {
          ...descriptorOf(manifest, 'application/vnd.oci.image.manifest.v1+json'),
          ...(platform === '' ? {} : { platform: { os, architecture } }),
        }
      }),
    }),
  )
}

/** The archive `podman save --format oci-archive` writes. */
export async function ociArchive(image: BuiltImage, name?: string): Promise<Buffer> {
  const manifest = {
    ...descriptorOf(image.manifest, 'application/vnd.oci.image.manifest.v1+json'),
    ...(name === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': name } }),
  }
  const blobs = [[image.digest, image.manifest] as const, ...image.blobs]
  return layerOf([
    { name: 'oci-layout', text: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', text: JSON.stringify({ schemaVersion: 2, manifests: [manifest] }) },
    ...blobs.map(([digest, text]) => ({ name: `blobs/${digest.replace(':', '/')}`, text })),
  ])
}

/** The archive `docker save` wrote before version 25. */
export async function dockerArchive(image: BuiltImage, name: string): Promise<Buffer> {
  const config = `${sha256Of(image.config).slice('sha256:'.length)}.json`
  const layers = image.tars.map((_, index) => `layer${index}/layer.tar`)
  return layerOf([
    { name: config, text: image.config },
    ...image.tars.map((text, index) => ({ name: `layer${index}/layer.tar`, text })),
    {
      name: 'manifest.json',
      text: JSON.stringify([{ Config: config, RepoTags: [name], Layers: layers }]),
    },
  ])
}

function descriptorOf(bytes: Buffer, mediaType: string) {
  return { mediaType, digest: sha256Of(bytes), size: bytes.length }
}
