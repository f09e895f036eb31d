import { z } from 'zod'

/** Where an image is: `docker.io/library/node:24`, in its parts. */
export interface ImageReference {
  readonly registry: string
  readonly repository: string
  readonly tag: string | undefined
  /** Of a manifest, or of an index of manifests. */
  readonly digest: string | undefined
}

/** Instead of the name of an image: the programs of the host. */
export const HOST_TOOLCHAIN = 'host'

/**
 * Reads the name of an image as container engines do, by the grammar of the distribution specification: no registry means
 * docker.io, neither tag nor digest means `latest`. Undefined for anything else, so that no part of a name can leave its
 * place in an address.
 */
export function parseImageReference(text: string): ImageReference | undefined {
  const [, name = '', tag, digest] = REFERENCE.exec(text) ?? []
  if (text.length > LONGEST || name === '') return undefined
  const [first = '', ...rest] = name.split('/')
  const named = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const registry = named ? first : 'docker.io'
  const path = named ? rest.join('/') : name
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path
  if (!isRegistry(registry) || !repository.split('/').every((part) => COMPONENT.test(part))) return undefined
  return { registry, repository, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest }
}

/** The one full spelling of a reference. */
export function imageReferenceText({ registry, repository, tag, digest }: ImageReference): string {
  const withTag = `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}`
  return digest === undefined ? withTag : `${withTag}@${digest}`
}

/** The name of an image, or `host`. */
export const ImageChoice = z
  .string()
  .max(512)
  .refine(
    (text) => text === HOST_TOOLCHAIN || parseImageReference(text) !== undefined,
    'is no name of an image; write it like node:24 or ghcr.io/owner/name@sha256:…, or `host`',
  )

const LONGEST = 512
const REFERENCE = /^([^@\s]+?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/
const REGISTRY = /^([a-z0-9.-]{1,253})(?::([1-9][0-9]{0,4}))?$/
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

function isRegistry(text: string): boolean {
  const [, host = '', port = '443'] = REGISTRY.exec(text) ?? []
  return Number(port) <= 65_535 && host.split('.').every((label) => LABEL.test(label)) && isHost(host)
}

/** A name that ends in a number is an address to everybody who reads addresses, or no host at all. */
function isHost(name: string): boolean {
  const address = `https://${name}/`
  return URL.canParse(address) && new URL(address).hostname === name
}
