import { lchown, lstat, rm } from 'node:fs/promises'
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

/**
 * The socket is born without permissions for others, and given to its owner without following a link: whoever could put
 * one in its place would be given what it leads to.
 */
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
  if (owner !== undefined) await lchown(socket, owner.uid, owner.gid)
}
