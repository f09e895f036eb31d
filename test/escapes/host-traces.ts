import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { directoriesNamed, read } from '#test/support/host-view.ts'

/** Everything of the host that a sandbox of one rig could leave behind. */
export interface Traces {
  readonly processes: readonly string[]
  readonly cgroups: readonly string[]
  readonly mounts: readonly string[]
  readonly files: readonly string[]
  readonly descriptors: number
}

/** Looks for the rig's directory and prefix all over the host; zombies wait for the host's init and do not count. */
export function tracesOf(rig: {
  readonly root: string
  readonly options: { readonly prefix: string }
}): Traces {
  return {
    processes: readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && isOfRig(pid, rig.root))
      .map((pid) => read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')),
    cgroups: directoriesNamed('/sys/fs/cgroup', `airlock-${rig.options.prefix}-`),
    mounts: read('/proc/self/mountinfo')
      .split('\n')
      .filter((line) => line.includes(rig.root)),
    files: readdirSync(join(rig.root, 'scratch')),
    descriptors: readdirSync('/proc/self/fd').length,
  }
}

/** A process in a sandbox of the rig has the rig's workspace among its mounts. */
function isOfRig(pid: string, root: string): boolean {
  return pid !== `${process.pid}` && read(`/proc/${pid}/mountinfo`).includes(root)
}
