import { piecesOf } from '#guards/secrets/secret-file.ts'
import type { Vault } from '#secrets/vault.ts'
import type { SecretSource } from './project-secrets.ts'

/**
 * The secrets of a project in the pieces that could turn up elsewhere: of deployments as well, and of every version that is
 * kept, since an older one may still open something.
 */
export function vaultSecrets(vault: Pick<Vault, 'openAll'>): SecretSource {
  return async (organisation, project) => {
    const own = await vault.openAll(organisation, project)
    try {
      return own.flatMap(({ name, content }) =>
        piecesOf(`secret-${name}`, Buffer.from(content).toString('utf8')),
      )
    } finally {
      for (const { content } of own) content.fill(0)
    }
  }
}
