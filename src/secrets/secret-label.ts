import type { SecretAddress } from '#store/secrets.ts'
import type { Label } from './key-wrap.ts'

/** What binds a version to its place: a row that is moved, renamed or renumbered cannot be decrypted any more. */
export function labelOf(
  organisation: string,
  { project, environment, context, name }: SecretAddress,
  secret: string,
  version: number,
): Label {
  return {
    organisation,
    project,
    ...(environment === null ? {} : { environment }),
    context,
    name,
    secret,
    version: `${version}`,
  }
}
