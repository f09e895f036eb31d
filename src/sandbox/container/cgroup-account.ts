import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupPlaces } from '../bubblewrap/cgroup-places.ts'

/** The kernel's own account of a container: engines do not all tell when memory ran out. */
export interface CgroupAccount {
  /** How many processes were killed because memory ran out, as far as this could ever be read. */
  outOfMemoryKills(): number
  processes(): readonly number[]
}

/** Found by way of a container's first process; empty when that cannot be looked at. */
export function cgroupAccount(pid: number): CgroupAccount {
  const places = cgroupPlaces(read('/proc/self/mountinfo'), read(`/proc/${pid}/cgroup`))
  const directory = places?.version === 1 ? places.memory : places?.candidates[0]
  let kills = 0
  return {
    outOfMemoryKills: () => {
      // The cgroup is removed with its container: what was read last stays true.
      if (directory !== undefined) kills = Math.max(kills, killsIn(directory))
      return kills
    },
    processes: () =>
      directory === undefined
        ? []
        : read(join(directory, 'cgroup.procs')).split('\n').filter(Boolean).map(Number),
  }
}

function killsIn(directory: string): number {
  const text = `${read(join(directory, 'memory.events'))}\n${read(join(directory, 'memory.oom_control'))}`
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
