import { readFile } from 'node:fs/promises'
import type { RemoteDirectory } from '#forge/remote-directory.ts'
import type { ProviderDirectory } from '#gateway/provider-directory.ts'
import type { KnownSecret } from '#guards/secrets/known-value.ts'

/** Another place that holds secrets of a project. */
export type SecretSource = (organisation: string, project: string) => Promise<readonly KnownSecret[]>

/** Everything the host holds that is secret to a project: the keys of all providers, with what its remote is reached, and more. */
export function projectSecrets(
  providers: Pick<ProviderDirectory, 'list'>,
  remotes: Pick<RemoteDirectory, 'remoteOf'>,
  more: readonly SecretSource[] = [],
): SecretSource {
  return async (organisation, project) => {
    const keys = (await providers.list()).map(({ name, key }) => ({ name: `${name}-key`, value: key }))
    const { credential, sshKeyFile } = await remotes.remoteOf({ id: project, url: '' })
    return [
      ...keys,
      ...(credential === undefined ? [] : [{ name: 'git-password', value: credential.password }]),
      ...(sshKeyFile === undefined ? [] : await keyIn(sshKeyFile)),
      ...(await Promise.all(more.map((source) => source(organisation, project)))).flat(),
    ]
  }
}

/** A key that cannot be read now cannot be used either, and nobody can have copied it from here. */
async function keyIn(file: string): Promise<readonly KnownSecret[]> {
  const value = await readFile(file, 'utf8').catch(() => undefined)
  return value === undefined ? [] : [{ name: 'git-ssh-key', value: value.trim() }]
}
