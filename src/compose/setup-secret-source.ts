import { piecesOf } from '#guards/secrets/secret-file.ts'
import type { SecretFiles } from '#store/secret-files.ts'
import type { SecretSource } from './project-secrets.ts'

/** The secret files that a project's setup is shown, in the pieces that could turn up elsewhere. */
export function setupSecretSource(files: Pick<SecretFiles, 'list'>): SecretSource {
  return async (project) => {
    const own = await files.list(project)
    return own.flatMap(({ name, content }) => piecesOf(`secret-${name}`, content))
  }
}
