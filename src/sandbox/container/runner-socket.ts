import { chmod, chown, lstat, rm } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { AirlockError } from '#kernel/failure.ts'
import type { HostUser } from '../host-user.ts'

export interface ListenOptions {
  readonly socket: string
  /** Who may connect, besides root. */
  readonly owner?: HostUser
}

/** A second runner of one installation would sweep away what the first one runs. */
export async function refuseSecond(socket: string): Promise<void> {
  const visitor = connect(socket)
  const somebody = await new Promise<boolean>((resolve) => {
    visitor.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  visitor.destroy()
  if (somebody)
    throw new AirlockError({
      code: 'conflict',
      message: `Another runner listens on ${socket}.`,
      remedy: 'Stop it first, or give this one another installation and socket.',
    })
}

/** Nobody can connect before the mode is set: the socket is born without permissions for others. */
export async function listenOn(server: Server, { socket, owner }: ListenOptions): Promise<void> {
  if ((await lstat(socket).catch(() => undefined))?.isSocket()) await rm(socket)
  const mask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socket, resolve)
    })
  } finally {
    process.umask(mask)
  }
  await chmod(socket, 0o600)
  if (owner !== undefined) await chown(socket, owner.uid, owner.gid)
}
