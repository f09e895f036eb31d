import type { ImageReference } from '#contract/image-reference.ts'
import { type Failure, failureOf } from '#kernel/failure.ts'

export function noName(text: string | undefined): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.name',
    message:
      text === undefined ? 'The image has no name.' : `${JSON.stringify(text)} is no name of an image.`,
    remedy: 'Write it like node:24 or ghcr.io/owner/name@sha256:…; for an archive give --name.',
  }
}

export function notAllowed({ registry }: ImageReference, allowed: readonly string[]): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.registry',
    message: `Images are not taken from ${registry}; only from ${allowed.join(', ') || 'no registry at all'}.`,
    remedy:
      'Have an administrator name it in images.json (docs/images.md) or bring the image in: airlock image add FILE.',
  }
}

export function notHere(name: string): Failure {
  return {
    code: 'not_found',
    message: `There is no image ${JSON.stringify(name)} here.`,
    remedy: 'See `airlock image list`.',
  }
}

export function cancelled(): Failure {
  return { code: 'cancelled', message: 'The image was not waited for.' }
}

export function unreadableFile(file: string, error: unknown): Failure {
  const failure = failureOf(error)
  if (failure.code === 'disk_full') return failure
  return {
    code: 'not_found',
    message: `${file} cannot be read.`,
    remedy: 'Name the archive of an image.',
    details: { cause: error instanceof Error ? error.message : String(error) },
  }
}
