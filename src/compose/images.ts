import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { parseImageReference } from '#contract/image-reference.ts'
import { AirlockError } from '#kernel/failure.ts'
import { createImages, type Images, type ImagesOptions } from '#sandbox/image/images.ts'
import type { UnpackPlace } from '#sandbox/image/unpack.ts'
import type { Config } from './config.ts'
import type { Installation } from './installation.ts'
import { readInternet } from './registry-networks.ts'

/** Whose images are taken unless `images.json` says otherwise: public registries, each under its name in references. */
export const USUAL_REGISTRIES = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'quay.io',
  'registry.access.redhat.com',
  'registry.k8s.io',
]

/** What unpacks images and tries them, and who is told of trouble. */
export type ImageNeeds = Omit<UnpackPlace, 'scratchDirectory'> & Pick<ImagesOptions, 'onProblem'>

/** The images of an installation, got from the registries of `images.json` at the addresses that setup may reach. */
export async function openImages(
  config: Pick<Config, 'dataDirectory'>,
  installation: Installation,
  { onProblem, ...place }: ImageNeeds,
): Promise<Images> {
  return createImages({
    place: { ...place, scratchDirectory: installation.scratch },
    directory: installation.images,
    registries: await readRegistries(config.dataDirectory),
    reach: await readInternet(config.dataDirectory),
    clock: () => Date.now(),
    onProblem,
  })
}

const RegistryName = z
  .string()
  .refine((name) => parseImageReference(`${name}/any`)?.registry === name, 'is no registry')
const ImagesFile = z.strictObject({ registries: z.array(RegistryName).max(100) })

/** `images.json` in the data directory, such as `{"registries": ["ghcr.io", "registry.example.com:5000"]}`. */
export async function readRegistries(dataDirectory: string): Promise<readonly string[]> {
  const file = join(dataDirectory, 'images.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return USUAL_REGISTRIES
  try {
    return ImagesFile.parse(JSON.parse(text)).registries
  } catch (cause) {
    throw new AirlockError(
      {
        code: 'invalid_configuration',
        message: `${file} does not name registries.`,
        remedy: 'Write it as {"registries": ["docker.io", "ghcr.io"]}, or remove it.',
      },
      { cause },
    )
  }
}
