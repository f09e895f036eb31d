import { z } from 'zod'
import type { Digest } from '#kernel/bytes.ts'

/** Bytes of a manifest, an index or a configuration; registries keep to the same bound. */
export const MOST_DOCUMENT = 4 * 1024 * 1024

const Sha256 = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .transform((text) => text as Digest)

const Descriptor = z.looseObject({ digest: Sha256, size: z.int().min(0) })
export type Descriptor = z.infer<typeof Descriptor>

const Platform = z.looseObject({ architecture: z.string(), os: z.string() })

/** OCI image specification 1.1, and Docker's image manifest version 2, schema 2, which says the same. */
const Manifest = z.looseObject({
  schemaVersion: z.literal(2),
  config: Descriptor,
  layers: z.array(Descriptor).min(1).max(127),
})
export type Manifest = z.infer<typeof Manifest>

const Index = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z.array(Descriptor.extend({ platform: Platform.optional() })).max(500),
})
export type Index = z.infer<typeof Index>

const Configuration = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  config: z.looseObject({ Env: z.array(z.string()).max(2_000).nullish() }).nullish(),
  rootfs: z.looseObject({ diff_ids: z.array(Sha256).min(1).max(127) }),
})
export type Configuration = z.infer<typeof Configuration>

export type Document =
  | { readonly kind: 'index'; readonly index: Index }
  | { readonly kind: 'manifest'; readonly manifest: Manifest }

/** Undefined for what is neither; also for what could pass for both, since two readers would see two images. */
export function readDocument(bytes: Uint8Array): Document | undefined {
  const json = parse(bytes)
  if (typeof json !== 'object' || json === null || ('manifests' in json && 'layers' in json)) return undefined
  if ('manifests' in json) {
    const { success, data } = Index.safeParse(json)
    return success ? { kind: 'index', index: data } : undefined
  }
  const { success, data } = Manifest.safeParse(json)
  return success ? { kind: 'manifest', manifest: data } : undefined
}

export function readConfiguration(bytes: Uint8Array): Configuration | undefined {
  return Configuration.safeParse(parse(bytes)).data
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** This host, in the words of images. */
export function hostPlatform(architecture: string = process.arch): z.infer<typeof Platform> {
  return { os: 'linux', architecture: ARCHITECTURES[architecture] ?? architecture }
}

/** The manifest of an index that is for a platform; undefined when there is none. */
export function manifestFor(
  { manifests }: Index,
  wanted: z.infer<typeof Platform>,
): z.infer<typeof Descriptor> | undefined {
  const fits = manifests.filter(
    ({ platform }) => platform?.os === wanted.os && platform.architecture === wanted.architecture,
  )
  // An index of one image may leave the platform to the image's own configuration.
  return (
    fits[0] ?? (manifests.length === 1 && manifests[0]?.platform === undefined ? manifests[0] : undefined)
  )
}

/** Of the image's environment only PATH counts: absolute directories, without anything that could be an option of its own. */
export function searchPathOf({ config }: Configuration): string | undefined {
  const text = config?.Env?.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length)
  const directories = (text ?? '').split(':').filter((path) => /^\/[\x21-\x7e]*$/.test(path))
  return directories.length === 0 || directories.length > 64 ? undefined : directories.join(':')
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}
