import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { discardDrafts } from '../stage.ts'
import { cgroupHome } from './cgroup.ts'
import { endOrphans } from './first-process.ts'
import { cgroupPrefix, ownCgroupPlaces } from './ground.ts'
import type { BubblewrapOptions } from './options.ts'
import { findProgram } from './programs.ts'

/** Kills and removes what a former process of this installation left; `alive` are the sandboxes of this one. */
export async function sweepLeftovers(
  options: BubblewrapOptions,
  alive: ReadonlySet<string>,
): Promise<readonly string[]> {
  return [
    ...(await sweepCgroups(cgroupPrefix(options.prefix), alive)),
    ...(await endOrphans(options.bwrap ?? findProgram('bwrap') ?? '')).map((pid) => `process ${pid}`),
    ...(await sweepScratch(options.scratchDirectory)),
    ...(await discardDrafts(options.runtimeDirectory)),
  ]
}

async function sweepCgroups(prefix: string, alive: ReadonlySet<string>): Promise<string[]> {
  const found = cgroupHome(ownCgroupPlaces())?.find(prefix) ?? new Map()
  const removed: string[] = []
  for (const [name, cgroup] of found) {
    if (alive.has(name.slice(prefix.length))) continue
    cgroup.kill()
    if (await cgroup.remove()) removed.push(name)
  }
  return removed
}

async function sweepScratch(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  const left = names.filter((name) => name.startsWith('pipes-')).map((name) => join(directory, name))
  for (const path of left) await rm(path, { recursive: true, force: true })
  return left
}
