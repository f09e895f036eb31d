import { sha256 } from '#kernel/bytes.ts'
import type { HostUser } from '#sandbox/host-user.ts'
import { isRoot } from './config.ts'

/** The start of a range that neither Debian nor systemd gives to anybody. */
const FIRST_UID = 1_900_000_000

/**
 * As whom sandboxes run on the host. A server started by root never lets a sandbox run as root: each installation
 * has an unprivileged uid of its own. A server started by a user has only that user to give.
 */
export function sandboxUser(dataDirectory: string): HostUser | undefined {
  if (!isRoot()) return undefined
  const uid = FIRST_UID + (Buffer.from(sha256(dataDirectory)).readUInt32BE(0) % 1_000_000)
  return { uid, gid: uid }
}
