import { join } from 'node:path'
import type { SandboxSpec } from '../driver.ts'
import { viewImage } from '../image/view.ts'
import { ETC_FILES } from './etc-files.ts'
import type { HostView, RootEntry } from './host-view.ts'

export interface ProfileFiles {
  /** A directory with Airlock's own /etc, made by `stageEtc`. */
  readonly etc: string
  /** An empty directory, shown where a directory of /proc is masked. */
  readonly empty: string
}

export interface ProfileDescriptors {
  readonly seccomp: number
  readonly status: number
}

const MiB = 1024 * 1024

/**
 * The whole sandbox as options of bwrap, in the order in which bwrap carries them out. Pure, but for a look at the top of
 * an image: what is not named here does not exist inside. Every mount stands before `--remount-ro /`, after which nothing can be made any more.
 */
export function profileOptions(
  spec: SandboxSpec,
  host: HostView,
  files: ProfileFiles,
  descriptors: ProfileDescriptors,
): readonly string[] {
  return [
    ...namespaces,
    ...identity,
    ...(spec.imageRoot === undefined ? ofHost(host, files) : ofImage(spec.imageRoot, files)),
    ...proc(host, files),
    ...devices,
    ...scratch(spec),
    ...spec.mounts.flatMap(({ source, target }) => ['--ro-bind', source, target]),
    ...workspace(spec),
    ...(spec.writableMount ? ['--bind', spec.writableMount.source, spec.writableMount.target] : []),
    ...(spec.socketDirectory ? ['--ro-bind', spec.socketDirectory, '/run/airlock'] : []),
    ...['--remount-ro', '/'],
    ...['--chdir', spec.workingDirectory],
    ...Object.entries(spec.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--seccomp', `${descriptors.seccomp}`, '--json-status-fd', `${descriptors.status}`],
  ]
}

/** Each one by name: the user and cgroup parts of --unshare-all are only tried, and their failure passes in silence. */
const namespaces = [
  '--unshare-user',
  '--unshare-pid',
  '--unshare-net',
  '--unshare-ipc',
  '--unshare-uts',
  '--unshare-cgroup',
  '--disable-userns',
]

const identity = [
  ...['--uid', '1000', '--gid', '1000', '--hostname', 'airlock'],
  ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
]

function ofHost(host: HostView, files: ProfileFiles): string[] {
  const shown = host.etc.flatMap((name) => ['--ro-bind', `/etc/${name}`, `/etc/${name}`])
  return [...system(host.roots), '--ro-bind', files.etc, '/etc', ...shown]
}

/** All of the image's /etc, which holds nothing of this host; on top of it Airlock's own, for which it has places. */
function ofImage(root: string, files: ProfileFiles): string[] {
  const own = Object.keys(ETC_FILES).flatMap((name) => ['--ro-bind', join(files.etc, name), `/etc/${name}`])
  return [...system(viewImage(root)), '--ro-bind', join(root, 'etc'), '/etc', ...own]
}

function system(roots: readonly RootEntry[]): string[] {
  return roots.flatMap((root) =>
    root.kind === 'link' ? ['--symlink', root.to, root.path] : ['--ro-bind', root.source, root.path],
  )
}

function proc(host: HostView, files: ProfileFiles): string[] {
  return [
    ...['--proc', '/proc'],
    ...host.maskedFiles.flatMap((path) => ['--ro-bind', '/dev/null', path]),
    ...host.maskedDirectories.flatMap((path) => ['--ro-bind', files.empty, path]),
  ]
}

/** bwrap's own /dev is a tmpfs that could be filled: it is closed again once it is furnished. */
const devices = [
  ...['--dev', '/dev'],
  ...['--size', `${64 * MiB}`, '--perms', '1777', '--tmpfs', '/dev/shm'],
  ...['--remount-ro', '/dev'],
]

/** Both are charged to the sandbox's memory; without a size each could take half of the host's. */
function scratch({ limits }: SandboxSpec): string[] {
  return [
    ...['--size', `${Math.floor(limits.memory / 4)}`, '--perms', '1777', '--tmpfs', '/tmp'],
    ...['--size', `${Math.floor(limits.memory / 16)}`, '--perms', '0700', '--tmpfs', '/home/agent'],
    ...['--dir', '/var', '--symlink', '/tmp', '/var/tmp', '--dir', '/run'],
  ]
}

/** What may not be written is read-only to the kernel; the listed directories are bound again, writable, on top. */
function workspace({ workspace: { source, target, writable } }: SandboxSpec): string[] {
  if (writable === 'all') return ['--bind', source, target]
  const open = writable === 'none' ? [] : writable
  return [
    ...['--ro-bind', source, target],
    ...open.flatMap((directory) => ['--bind', join(source, directory), join(target, directory)]),
  ]
}
