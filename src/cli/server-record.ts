import { chmod, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ok, type Result, refused } from '#kernel/result.ts'

/** Where the running server of a data directory is found; written by the server, removed when it stops. */
export const ServerRecord = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  pid: z.int().min(1),
  version: z.string(),
  startedAt: z.string(),
  secret: z.string().min(32).describe('What the server proves itself with; this file has mode 0600'),
})
export type ServerRecord = z.infer<typeof ServerRecord>

export function recordFile(dataDirectory: string): string {
  return join(dataDirectory, 'server.json')
}

/** The token of the person who started the first server: mode 0600, the CLI's key to it. */
export function tokenFile(dataDirectory: string): string {
  return join(dataDirectory, 'token')
}

export function logFile(dataDirectory: string): string {
  return join(dataDirectory, 'server.log')
}

/** Where the server keeps the evidence of a commit for people, besides its database. */
export function evidenceFile(dataDirectory: string, commit: string): string {
  return join(dataDirectory, 'evidence', `${commit}.json`)
}

export async function writeServerRecord(dataDirectory: string, record: ServerRecord): Promise<void> {
  const file = recordFile(dataDirectory)
  await writeFile(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

export async function removeServerRecord(dataDirectory: string): Promise<void> {
  await unlink(recordFile(dataDirectory)).catch(() => undefined)
}

/** Undefined when no server has left a readable record; a server that was killed leaves a stale one. */
export async function readServerRecord(dataDirectory: string): Promise<ServerRecord | undefined> {
  try {
    const parsed = ServerRecord.safeParse(JSON.parse(await readFile(recordFile(dataDirectory), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export async function writeToken(file: string, token: string): Promise<void> {
  await writeFile(file, `${token}\n`, { mode: 0o600 })
  await chmod(file, 0o600)
}

/** Refuses a file that others could read: the token in it must be taken for stolen. */
export async function readToken(file: string): Promise<Result<string>> {
  let mode: number
  let text: string
  try {
    mode = (await stat(file)).mode
    text = await readFile(file, 'utf8')
  } catch {
    return refused({
      code: 'unauthenticated',
      message: `There is no token you can read in ${file}.`,
      rule: 'token.file',
      remedy: 'Run as the user who started the server, or name your own with --token-file.',
    })
  }
  if ((mode & 0o077) === 0) return ok(text.trim())
  return refused({
    code: 'unauthenticated',
    message: `Others on this machine can read the token in ${file}.`,
    rule: 'token.mode',
    remedy: `Run: chmod 600 ${file}`,
  })
}
