import { chmod, chown, mkdir, rm } from 'node:fs/promises'
import type { Server } from 'node:net'
import { dirname, join } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'

/** `sun_path` of unix(7) holds 108 bytes with its final zero. */
const LONGEST_SOCKET_PATH = 107

/**
 * Makes the directory anew; what a former process left there is gone. Only this user gets in, and the sandboxes' group
 * where they have a user of their own. An unguessable name would be no protection: /proc/net/unix tells the path of every
 * socket to everybody.
 */
export async function makeLaneDirectory(directory: string, group: number | undefined): Promise<void> {
  const longest = join(directory, 'egress.sock')
  if (Buffer.byteLength(longest) > LONGEST_SOCKET_PATH)
    throw new AirlockError({
      code: 'invalid_configuration',
      message: `The path ${longest} is too long for a Unix socket (${LONGEST_SOCKET_PATH} bytes).`,
      remedy: 'Choose a runtime directory with a shorter path.',
    })
  await mkdir(dirname(directory), { recursive: true, mode: group === undefined ? 0o700 : 0o711 })
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { mode: 0o700 })
  if (group === undefined) return chmod(directory, 0o700) // whatever the umask
  await chown(directory, process.geteuid?.() ?? 0, group)
  await chmod(directory, 0o710)
}

/** Listens on a socket that anybody who gets into the directory may use. */
export async function listenIn(directory: string, name: string, server: Server): Promise<void> {
  const path = join(directory, name)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      server.on('error', () => undefined) // an accept that fails is that connection's end, not ours
      resolve()
    })
  })
  await chmod(path, 0o666)
}

export async function removeLaneDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
}
