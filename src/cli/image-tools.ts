import type { Result } from '#kernel/result.ts'
import type { ListedImage } from '#sandbox/image/images.ts'
import type { KeptImage } from '#sandbox/image/shelf.ts'

/** What the command line does with the container images of this installation, without a server. */
export interface ImageTools {
  list(): Promise<readonly ListedImage[]>
  /** Gets what a registry has under a name. Refuses one that no task could work in; it is kept then all the same. */
  pull(name: string, signal: AbortSignal): Promise<Result<KeptImage>>
  /** The same from an archive, whose path is absolute. */
  add(file: string, name: string | undefined): Promise<Result<KeptImage>>
  remove(nameOrDigest: string): Promise<Result<KeptImage>>
}
