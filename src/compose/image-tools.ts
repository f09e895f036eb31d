import type { ImageTools } from '#cli/image-tools.ts'
import { AirlockError } from '#kernel/failure.ts'
import type { Result } from '#kernel/result.ts'
import type { KeptImage } from '#sandbox/image/shelf.ts'
import type { Toolbox } from './toolbox.ts'

/** The images of the installation that a toolbox belongs to, in sandboxes of the driver that its tasks have. */
export async function imageTools(
  toolbox: Toolbox,
  onProblem: (message: string) => void,
): Promise<ImageTools> {
  const drivers = toolbox.drivers(undefined)
  if (!drivers.ok) throw new AirlockError(drivers.failure)
  const images = await toolbox.openImages(drivers.value[0], onProblem)
  const tried = async (brought: Result<KeptImage>): Promise<Result<KeptImage>> => {
    if (!brought.ok) return brought
    const works = await images.obtain(`${BY_DIGEST}@${brought.value.digest}`)
    return works.ok ? brought : works
  }
  return {
    list: () => images.list(),
    pull: async (name, signal) => tried(await images.pull(name, signal)),
    add: async (file, name) => tried(await images.add(file, name)),
    remove: (nameOrDigest) => images.remove(nameOrDigest),
  }
}

/** A name needs a place; where there is a digest, it is not looked at. */
const BY_DIGEST = 'localhost/any'
