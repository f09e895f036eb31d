import { access, constants, stat } from 'node:fs/promises'
import { findProgram } from './bubblewrap/programs.ts'
import type { SandboxDriver } from './driver.ts'
import type { Finding } from './finding.ts'

/** What of container engines is on this host. Their sockets are looked at and never opened: that is a runner's alone. */
export interface Engines {
  readonly sockets: readonly { readonly path: string; readonly open: boolean }[]
  readonly runtimes: readonly string[]
}

const SOCKETS = ['/run/docker.sock', '/run/podman/podman.sock']
const RUNTIMES = ['runc', 'crun', 'runsc', 'kata-runtime']

export async function findEngines(
  sockets: readonly string[] = SOCKETS,
  find: (program: string) => string | undefined = findProgram,
): Promise<Engines> {
  const found = await Promise.all(sockets.map(socketAt))
  return {
    sockets: found.flatMap((socket) => socket ?? []),
    runtimes: RUNTIMES.filter((name) => find(name) !== undefined),
  }
}

async function socketAt(path: string) {
  if (!(await stat(path).catch(() => undefined))?.isSocket()) return undefined
  const open = await access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
  return { path, open }
}

/** Whoever can open an engine's socket can have the host: a server should not be able to. */
export function engineFinding({ sockets, runtimes }: Engines, isRoot: boolean): Finding {
  const name = 'container engines'
  if (sockets.length === 0) return { name, status: 'ok', finding: 'none is running' }
  const finding = `${sockets.map(({ path }) => path).join(', ')}; runtimes: ${runtimes.join(', ') || 'none found'}`
  const open = sockets.find((socket) => socket.open)
  if (isRoot || open === undefined) return { name, status: 'ok', finding }
  return {
    name,
    status: 'weaker',
    finding: `${finding}; this account can open ${open.path}, which is as good as root`,
    remedy: `Take the account out of the group that owns it: gpasswd -d "$USER" "$(stat -c %G ${open.path})"`,
  }
}

/** Names the tier in use and, where the host has what it takes, a stronger one with the way to it. */
export function tierFinding(driver: SandboxDriver, { sockets, runtimes }: Engines): Finding {
  const name = 'sandbox tier'
  const active = driver.tier ?? driver.name
  if (sockets.length > 0 && runtimes.includes('runsc') && active !== 'gvisor')
    return {
      name,
      status: 'weaker',
      finding: `${active} is in use, which shares the host's kernel; gvisor is available`,
      remedy: 'Start a sandbox runner with --runtime runsc, and the server with AIRLOCK_SANDBOX=container.',
    }
  if (active === 'gvisor') return { name, status: 'ok', finding: 'gvisor: a kernel of its own in user space' }
  const other =
    sockets.length > 0 && active === 'bubblewrap' ? '; container is available (docs/sandbox-drivers.md)' : ''
  return { name, status: 'ok', finding: `${active}: the strongest here; it shares the host's kernel${other}` }
}
