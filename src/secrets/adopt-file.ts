import { rm } from 'node:fs/promises'
import { z } from 'zod'
import { encodeEntry } from '#audit/entry.ts'
import { AirlockError } from '#kernel/failure.ts'
import { type Clock, instantOf } from '#kernel/instant.ts'
import { appendEntries } from '#store/audit-log.ts'
import type { Store } from '#store/database.ts'
import { readPrivateFile } from '#store/private-file.ts'
import { projectByReference } from '#store/projects.ts'
import { secretAt } from '#store/secrets.ts'
import type { Vault } from './vault.ts'

const Stored = z.strictObject({
  version: z.literal(1),
  secrets: z.array(
    z.strictObject({ project: z.string(), name: z.string(), content: z.string(), createdAt: z.string() }),
  ),
})
type StoredSecret = z.infer<typeof Stored>['secrets'][number]

/**
 * Moves what older versions kept in a file, in clear, into the vault, and removes the file once all of it is there. What is in the vault
 * already stays as it is: a server that died half-way goes on, and a newer content is not taken back. Those of projects that are
 * nowhere any more go with the file.
 */
export async function adoptSecretFile(
  file: string,
  vault: Vault,
  {
    store,
    clock,
  }: { readonly store: Pick<Store, 'inOrganisation' | 'organisations'>; readonly clock: Clock },
): Promise<void> {
  const text = await readPrivateFile(file)
  if (text === undefined) return
  const secrets = parse(file, text)
  for (const organisation of await store.organisations())
    for (const secret of secrets) await adopt(organisation, secret)
  await rm(file)

  async function adopt(organisation: string, { project, name, content }: StoredSecret): Promise<void> {
    const address = { project, environment: null, context: 'task', name } as const
    const missing = await store.inOrganisation(
      organisation,
      async (tx) =>
        (await projectByReference(tx, project))?.id === project &&
        (await secretAt(tx, address)) === undefined,
    )
    if (!missing) return
    const kept = await vault.keep(organisation, { ...address, content, by: null }, async (tx) => {
      await appendEntries(tx, [
        encodeEntry({
          version: 1,
          organisation,
          at: instantOf(clock()),
          actor: { kind: 'system', id: 'airlock' },
          action: 'secret.moved',
          subject: project,
          data: { name },
        }),
      ])
    })
    if (!kept.ok) throw new AirlockError(kept.failure)
  }
}

function parse(file: string, text: string): readonly StoredSecret[] {
  const parsed = Stored.safeParse(parseJson(text))
  if (parsed.success) return parsed.data.secrets
  throw new AirlockError({
    code: 'invalid_configuration',
    rule: 'vault.old-file',
    message: `${file} is not a list of secret files.`,
    remedy: 'Move it away and store them again with `airlock secret set`.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
