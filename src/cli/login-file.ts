import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '#kernel/bytes.ts'
import { writeToken } from './server-record.ts'

/** Where the token of a server that somebody signed in to is kept: mode 0600, one file for each server. */
export function loginFile(dataDirectory: string, url: string): string {
  return join(dataDirectory, 'logins', digestOf(new URL(url).origin).slice(7, 31))
}

export async function hasLogin(dataDirectory: string, url: string): Promise<boolean> {
  return stat(loginFile(dataDirectory, url)).then(
    () => true,
    () => false,
  )
}

export async function saveLogin(dataDirectory: string, url: string, token: string): Promise<void> {
  await mkdir(join(dataDirectory, 'logins'), { recursive: true, mode: 0o700 })
  await writeToken(loginFile(dataDirectory, url), token)
}

export async function forgetLogin(dataDirectory: string, url: string): Promise<void> {
  await rm(loginFile(dataDirectory, url), { force: true })
}
