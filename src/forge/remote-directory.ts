import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { RemoteCredential } from '#contract/api.ts'
import { AirlockError } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { changePrivateFile, readPrivateFile } from '#store/private-file.ts'
import type { Remote } from './repository.ts'

const Stored = z.strictObject({
  version: z.literal(1),
  credentials: z.record(z.string(), RemoteCredential).describe('By project'),
})

/** With what the host reaches the remotes of projects: one file of mode 0600, never the database, never a sandbox. */
export class RemoteDirectory {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  async remoteOf(project: { readonly id: string; readonly url: string }): Promise<Remote> {
    const { credentials } = this.#stored(await readPrivateFile(this.#file))
    return remoteWith(project.url, credentials[project.id])
  }

  async keep(project: string, credential: RemoteCredential): Promise<void> {
    await changePrivateFile(this.#file, (text) => {
      const { credentials } = this.#stored(text)
      const stored = { version: 1, credentials: { ...credentials, [project]: credential } }
      return `${JSON.stringify(stored, null, 2)}\n`
    })
  }

  /** Of these projects nothing is kept any more. */
  async forget(projects: readonly string[]): Promise<void> {
    const { credentials } = this.#stored(await readPrivateFile(this.#file))
    if (!projects.some((project) => project in credentials)) return
    await changePrivateFile(this.#file, (text) => {
      const now = this.#stored(text).credentials
      const kept = Object.fromEntries(Object.entries(now).filter(([project]) => !projects.includes(project)))
      return `${JSON.stringify({ version: 1, credentials: kept }, null, 2)}\n`
    })
  }

  #stored(text: string | undefined): z.infer<typeof Stored> {
    if (text === undefined) return { version: 1, credentials: {} }
    const parsed = Stored.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    throw new AirlockError({
      code: 'invalid_configuration',
      message: `${this.#file} is not a list of credentials.`,
      remedy: 'Move it away and connect the projects again with their credentials.',
    })
  }
}

/** How a repository is reached with a credential of the matching kind, or with none. */
export function remoteWith(url: string, credential: RemoteCredential | undefined): Remote {
  if (credential === undefined) return { url }
  if (credential.kind === 'password')
    return { url, credential: { username: credential.username, password: credential.password } }
  const { keyFile, knownHostsFile } = credential
  return {
    url,
    sshKeyFile: keyFile,
    ...(knownHostsFile === undefined ? {} : { sshKnownHostsFile: knownHostsFile }),
  }
}

/** A password goes to http(s) alone, a key to ssh alone, and files are named by absolute paths on the server. */
export function fitsAddress(
  kind: 'local' | 'http' | 'https' | 'ssh',
  credential: RemoteCredential,
): Result<void> {
  const fits = credential.kind === 'password' ? kind === 'http' || kind === 'https' : kind === 'ssh'
  const files = credential.kind === 'ssh-key' ? [credential.keyFile, credential.knownHostsFile ?? '/'] : []
  if (fits && files.every((file) => isAbsolute(file))) return ok(undefined)
  return refused({
    code: 'invalid_input',
    rule: 'remote.credential',
    message: fits
      ? 'The files of a key are named by absolute paths.'
      : 'This credential does not fit the address.',
    remedy:
      'Give a user name and password (or token) for http(s), a key file for ssh, and none for a local path.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
