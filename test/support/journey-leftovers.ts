import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { directoriesNamed, read } from './host-view.ts'

/** Everything a server may leave on the host besides what it keeps on purpose. */
export interface Leftovers {
  readonly processes: readonly string[]
  readonly mounts: readonly string[]
  readonly cgroups: readonly string[]
  readonly lanes: readonly string[]
  readonly workspaces: readonly string[]
  readonly scratch: readonly string[]
}

export const NOTHING_LEFT: Leftovers = {
  processes: [],
  mounts: [],
  cgroups: [],
  lanes: [],
  workspaces: [],
  scratch: [],
}

/** `id` is the installation's; the pipes a running server keeps ready are no leftovers. */
export function leftoversOf(place: {
  readonly dataDirectory: string
  readonly runtimeDirectory: string
  readonly id: string
}): Leftovers {
  const { dataDirectory, runtimeDirectory, id } = place
  return {
    processes: readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && isOf(pid, dataDirectory))
      .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`),
    mounts: read('/proc/self/mountinfo')
      .split('\n')
      .filter((line) => line.includes(`${dataDirectory}/workspaces/work`)),
    cgroups: directoriesNamed('/sys/fs/cgroup', `airlock-airlock${id}-`),
    lanes: names(join(runtimeDirectory, 'lanes')),
    workspaces: names(join(dataDirectory, 'workspaces/work')),
    scratch: names(join(dataDirectory, 'scratch')).filter((name) => !name.startsWith('pipes-')),
  }
}

/** A process in a sandbox sees a workspace, and it is one of this data directory. */
function isOf(pid: string, dataDirectory: string): boolean {
  const mounts = read(`/proc/${pid}/mountinfo`)
  return mounts.includes(' /workspace ') && mounts.includes(dataDirectory)
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
