import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Limits } from '../limits.ts'
import type { CgroupPlaces } from './cgroup-places.ts'

/** The cgroup of one sandbox: one directory in version 2, one per controller in version 1. */
export interface Cgroup {
  /** Moves a process in; its children are born inside. The kernel may take some milliseconds, off the main thread. */
  join(pid: number): Promise<void>
  processes(): readonly number[]
  /** True when the process is in all of it: in version 1, in the directory of every controller. */
  holds(pid: number): boolean
  kill(): void
  /** How many processes the kernel killed here because memory ran out. */
  outOfMemoryKills(): number
  /** Resolves when no process is left and every directory is gone; false when that took longer than a minute. */
  remove(): Promise<boolean>
}

/** The hierarchy in which sandboxes get their cgroups. */
export interface CgroupHome {
  readonly version: 1 | 2
  /** Limits set and nobody inside yet. Throws when the kernel refuses. */
  create(name: string, limits: Limits): Cgroup
  /** Names, anywhere in the hierarchy, that begin with the prefix. */
  find(prefix: string): ReadonlyMap<string, Cgroup>
}

/** The usable home among the places; undefined when this process may not make cgroups with memory and pids limits. */
export function cgroupHome(places: CgroupPlaces | undefined): CgroupHome | undefined {
  if (places === undefined) return undefined
  if (places.version === 1) return writable(homeV1(places))
  for (const place of places.candidates) {
    const home = opened(place) ? writable(homeV2(place, places.candidates.at(-1) ?? place)) : undefined
    if (home !== undefined) return home
  }
  return undefined
}

function homeV1(places: Extract<CgroupPlaces, { version: 1 }>): CgroupHome {
  const bases = [places.memory, places.pids, ...(places.cpu === undefined ? [] : [places.cpu])]
  return {
    version: 1,
    create(name, limits) {
      const cgroup = cgroupAt(bases.map((base) => join(base, name)))
      const [memory, pids, cpu] = cgroup.directories
      return made(cgroup, () => {
        for (const directory of cgroup.directories) mkdirSync(directory)
        write(memory, 'memory.limit_in_bytes', limits.memory)
        write(memory, 'memory.memsw.limit_in_bytes', limits.memory, 'optional') // absent without swap accounting
        write(pids, 'pids.max', limits.processes)
        write(cpu, 'cpu.cfs_quota_us', Math.round(limits.cpus * PERIOD))
      })
    },
    find: (prefix) => grouped(bases.flatMap((base) => directoriesNamed(base, prefix))),
  }
}

function homeV2(place: string, top: string): CgroupHome {
  return {
    version: 2,
    create(name, limits) {
      const cgroup = cgroupAt([join(place, name)])
      const [directory] = cgroup.directories
      return made(cgroup, () => {
        if (directory !== undefined) mkdirSync(directory)
        write(directory, 'memory.max', limits.memory)
        write(directory, 'memory.swap.max', 0, 'optional')
        write(directory, 'memory.oom.group', 1, 'optional')
        write(directory, 'pids.max', limits.processes)
        write(directory, 'cpu.max', `${Math.round(limits.cpus * PERIOD)} ${PERIOD}`, 'optional')
      })
    },
    find: (prefix) => grouped(directoriesNamed(top, prefix)),
  }
}

const PERIOD = 100_000

/** Hands limits down to children of a version 2 directory; fails where processes stand in it, or where it is not ours. */
function opened(place: string): boolean {
  try {
    const given = readFileSync(join(place, 'cgroup.subtree_control'), 'utf8').split(/\s+/)
    if (given.includes('memory') && given.includes('pids')) return true
    writeFileSync(join(place, 'cgroup.subtree_control'), '+memory +pids')
    write(place, 'cgroup.subtree_control', '+cpu', 'optional')
    return true
  } catch {
    return false
  }
}

/** Proves the home by making a cgroup in it, with limits, and removing it again. */
function writable(home: CgroupHome): CgroupHome | undefined {
  const name = `airlock-probe-${process.pid}`
  try {
    home.create(name, PROBE_LIMITS)
    for (const cgroup of home.find(name).values()) removeNow(cgroup)
    return home
  } catch {
    return undefined
  }
}

const PROBE_LIMITS: Limits = {
  memory: 64 * 1024 * 1024,
  cpus: 1,
  processes: 16,
  openFiles: 16,
  fileSize: 0,
  workspaceDisk: 0,
  workspaceFiles: 0,
  seconds: 1,
  outputBytes: 0,
}

interface DirectoryCgroup extends Cgroup {
  readonly directories: readonly string[]
}

function cgroupAt(directories: readonly string[]): DirectoryCgroup {
  const existing = () => directories.filter((directory) => existsSync(directory))
  const cgroup: DirectoryCgroup = {
    directories,
    async join(pid) {
      for (const directory of directories)
        await writeFile(join(directory, 'cgroup.procs'), `${pid}`, { flag: 'r+' })
    },
    processes: () => [...new Set(existing().flatMap(processesIn))],
    holds: (pid) => directories.every((directory) => processesIn(directory).includes(pid)),
    kill: () => {
      for (const directory of existing())
        if (!write(directory, 'cgroup.kill', 1, 'optional')) processesIn(directory).forEach(killProcess)
    },
    outOfMemoryKills: () => Math.max(0, ...directories.map(outOfMemoryKillsIn)),
    async remove() {
      // A cgroup stays busy for a moment after its last process: EBUSY is a reason to wait, not a fault.
      for (let wait = 1; wait < 2_000; wait *= 1.5) {
        cgroup.kill()
        if (removeNow(cgroup)) return true
        await pause(wait)
      }
      for (let attempt = 0; attempt < 55; attempt++) {
        cgroup.kill()
        if (removeNow(cgroup)) return true
        await pause(1_000)
      }
      return false
    },
  }
  return cgroup
}

function removeNow(cgroup: Cgroup & { directories?: readonly string[] }): boolean {
  for (const directory of cgroup.directories ?? [])
    try {
      rmdirSync(directory)
    } catch (error) {
      if (!isCode(error, 'ENOENT')) return false
    }
  return true
}

function made(cgroup: DirectoryCgroup, make: () => void): Cgroup {
  try {
    make()
    return cgroup
  } catch (error) {
    removeNow(cgroup)
    throw error
  }
}

function processesIn(directory: string): number[] {
  try {
    return readFileSync(join(directory, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error
  }
}

function outOfMemoryKillsIn(directory: string): number {
  for (const file of ['memory.events', 'memory.oom_control'])
    try {
      const [, count] = /^oom_kill (\d+)$/m.exec(readFileSync(join(directory, file), 'utf8')) ?? []
      if (count !== undefined) return Number(count)
    } catch {}
  return 0
}

function write(
  directory: string | undefined,
  file: string,
  value: number | string,
  optional?: 'optional',
): boolean {
  if (directory === undefined) return false
  try {
    // Never creates: in a directory that is no cgroup there is nothing to write to.
    writeFileSync(join(directory, file), `${value}`, { flag: 'r+' })
    return true
  } catch (error) {
    if (optional === undefined) throw error
    return false
  }
}

function directoriesNamed(top: string, prefix: string): string[] {
  let entries: string[]
  try {
    entries = readdirSync(top, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
  } catch {
    return []
  }
  return entries.flatMap((name) =>
    name.startsWith(prefix) ? [join(top, name)] : directoriesNamed(join(top, name), prefix),
  )
}

function grouped(directories: readonly string[]): Map<string, Cgroup> {
  const byName = Map.groupBy(directories, (directory) => directory.slice(directory.lastIndexOf('/') + 1))
  return new Map([...byName].map(([name, places]) => [name, cgroupAt(places)]))
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
