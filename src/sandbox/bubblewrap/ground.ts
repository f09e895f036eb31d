import { openSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import type { Stopwatch } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { HostUser } from '../host-user.ts'
import { stageOnce } from '../stage.ts'
import { type CgroupHome, cgroupHome } from './cgroup.ts'
import { cgroupPlaces } from './cgroup-places.ts'
import { ETC_FILES, writeEtc } from './etc-files.ts'
import { type HostView, viewHost } from './host-view.ts'
import { inheritedDescriptors } from './inherited-descriptors.ts'
import type { BubblewrapOptions } from './options.ts'
import { PipeStore } from './pipes.ts'
import type { ProfileFiles } from './profile.ts'
import { findProgram, isAtLeast, versionOf } from './programs.ts'
import { hardLimits } from './rlimits.ts'
import { seccompFilter } from './seccomp.ts'
import type { Weakening } from './weakening.ts'

/** Everything a start needs that does not change from one sandbox to the next. */
export interface Ground {
  readonly bwrap: string
  readonly prlimit: string
  readonly cgroupPrefix: string
  readonly hostUser: HostUser | undefined
  readonly stopwatch: Stopwatch
  readonly host: HostView
  readonly files: ProfileFiles
  readonly filter: Uint8Array
  readonly cgroups: CgroupHome | undefined
  readonly ceilings: ReadonlyMap<string, number>
  readonly pipes: PipeStore
  readonly inherited: readonly number[]
  /** /dev/null, put where this process was born with a descriptor of its own parent. */
  readonly nothing: number
  readonly weakening: Weakening
}

/** Finds and makes what every start needs; refuses with what is missing and how to get it. */
export async function prepareGround(options: BubblewrapOptions): Promise<Result<Ground>> {
  const { arch, platform } = process
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64'))
    return refused(
      unavailable(`There is no sandbox for ${platform} on ${arch}.`, 'Use Linux on x64 or arm64.'),
    )
  const user = safeUser(options)
  if (!user.ok) return user
  const bwrap = options.bwrap ?? findProgram('bwrap')
  const prlimit = findProgram('prlimit')
  const version = bwrap === undefined ? undefined : await versionOf(bwrap)
  if (bwrap === undefined || version === undefined)
    return refused(unavailable('bubblewrap is not installed.', 'Install it: apt-get install bubblewrap'))
  if (!isAtLeast(version, 0, 8))
    return refused(unavailable(`bubblewrap ${version} is too old.`, 'Install bubblewrap 0.8 or newer.'))
  if (prlimit === undefined)
    return refused(unavailable('prlimit is not installed.', 'Install it: apt-get install util-linux'))
  await mkdir(options.scratchDirectory, { recursive: true, mode: 0o700 })
  const host = viewHost()
  return ok({
    bwrap,
    prlimit,
    cgroupPrefix: cgroupPrefix(options.prefix),
    hostUser: user.value,
    stopwatch: options.stopwatch,
    host,
    files: await stageFiles(options.runtimeDirectory, host),
    filter: options.testingOnlyWeaken?.filter ?? seccompFilter(arch),
    cgroups: options.limitsBy === 'rlimit' ? undefined : cgroupHome(ownCgroupPlaces()),
    ceilings: hardLimits(readFileSync('/proc/self/limits', 'utf8')),
    pipes: new PipeStore(options.scratchDirectory),
    inherited: inheritedDescriptors(),
    nothing: openSync('/dev/null', 'r'),
    weakening: options.testingOnlyWeaken ?? {},
  })
}

export function cgroupPrefix(prefix: string): string {
  return `airlock-${prefix}-`
}

export function ownCgroupPlaces() {
  return cgroupPlaces(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'))
}

/**
 * A sandbox never runs as root on the host: a set-user-id file it makes in its workspace would give root to whoever
 * runs it there, and an escape would be root at once.
 */
function safeUser({ hostUser }: BubblewrapOptions): Result<HostUser | undefined> {
  if (process.getuid?.() !== 0) return ok(undefined)
  if (hostUser !== undefined && hostUser.uid > 0 && hostUser.gid > 0) return ok(hostUser)
  return refused(
    unavailable(
      'The server runs as root and no unprivileged user is set for its sandboxes.',
      'Run the server as an ordinary user, or give it a user for sandboxes.',
    ),
  )
}

async function stageFiles(runtimeDirectory: string, host: HostView): Promise<ProfileFiles> {
  const digest = digestOf(JSON.stringify([ETC_FILES, host.etc])).slice(
    'sha256:'.length,
    'sha256:'.length + 16,
  )
  const root = await stageOnce(runtimeDirectory, `etc-${digest}`, async (draft) => {
    await mkdir(join(draft, 'etc'))
    await mkdir(join(draft, 'empty'))
    await writeEtc(join(draft, 'etc'), host.etc)
  })
  return { etc: join(root, 'etc'), empty: join(root, 'empty') }
}

function unavailable(message: string, remedy: string): Failure {
  return { code: 'sandbox_unavailable', rule: 'sandbox.host', message, remedy }
}
