import { z } from 'zod'
import { AirlockError } from '#kernel/failure.ts'
import type { Instant } from '#kernel/instant.ts'
import { changePrivateFile, readPrivateFile } from './private-file.ts'

/** A file that setup needs and nobody else may see. */
export interface SecretFile {
  readonly project: string
  readonly name: string
  readonly content: string
  readonly createdAt: Instant
}

/** Where secret files of projects are kept. A vault will be another one. */
export interface SecretFiles {
  /** By name, of one project. */
  list(project: string): Promise<readonly SecretFile[]>
  keep(secret: SecretFile): Promise<void>
  /** False when there was none of that name. */
  remove(project: string, name: string): Promise<boolean>
}

const Stored = z.strictObject({
  version: z.literal(1),
  secrets: z.array(
    z.strictObject({ project: z.string(), name: z.string(), content: z.string(), createdAt: z.string() }),
  ),
})

/** In one file of mode 0600, beside the keys of providers. Refuses to read a file that others can read. */
export function secretFilesIn(file: string): SecretFiles {
  const parse = (text: string | undefined): readonly SecretFile[] => {
    if (text === undefined) return []
    const parsed = Stored.safeParse(parseJson(text))
    if (parsed.success) return parsed.data.secrets
    throw new AirlockError({
      code: 'invalid_configuration',
      message: `${file} is not a list of secret files.`,
      remedy: 'Move it away and store them again with `airlock secret set`.',
    })
  }
  const change = (to: (secrets: readonly SecretFile[]) => readonly SecretFile[]) =>
    changePrivateFile(
      file,
      (text) => `${JSON.stringify({ version: 1, secrets: to(parse(text)) }, null, 2)}\n`,
    )
  return {
    async list(project) {
      const own = parse(await readPrivateFile(file)).filter((secret) => secret.project === project)
      return own.toSorted((one, other) => (one.name < other.name ? -1 : 1))
    },
    keep: (secret) =>
      change((all) => [...all.filter((other) => !isSame(other, secret.project, secret.name)), secret]),
    async remove(project, name) {
      let removed = false
      await change((all) => {
        const others = all.filter((other) => !isSame(other, project, name))
        removed = others.length < all.length
        return others
      })
      return removed
    },
  }
}

function isSame(secret: SecretFile, project: string, name: string): boolean {
  return secret.project === project && secret.name === name
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
