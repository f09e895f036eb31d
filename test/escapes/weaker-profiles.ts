import { openSync } from 'node:fs'
import { assemble } from '#sandbox/bubblewrap/bpf.ts'
import type { BubblewrapOptions } from '#sandbox/bubblewrap/options.ts'
import type { Weakening } from '#sandbox/bubblewrap/weakening.ts'
import type { SandboxDriver } from '#sandbox/driver.ts'
import type { Limits } from '#sandbox/limits.ts'

export type Rewrite = NonNullable<Weakening['options']>

/** The options without these words, which stand there one after the other; throws when they do not. */
export function without(...words: string[]): Rewrite {
  return inPlaceOf(words, [])
}

export function inPlaceOf(words: readonly string[], others: readonly string[]): Rewrite {
  return (options) => {
    const at = options.findIndex((_, index) =>
      words.every((word, offset) => options[index + offset] === word),
    )
    if (at < 0) throw new Error(`the profile has no ${words.join(' ')}`)
    return [...options.slice(0, at), ...others, ...options.slice(at + words.length)]
  }
}

export function all(...rewrites: Rewrite[]): Rewrite {
  return (options) => rewrites.reduce((rewritten, rewrite) => rewrite(rewritten), options)
}

/** Further mounts, before the root is closed. */
export function showing(...mounts: string[]): Rewrite {
  return inPlaceOf(['--remount-ro', '/'], [...mounts, '--remount-ro', '/'])
}

/** Every `--ro-bind` whose target is wanted becomes a `--bind`. */
export function writable(wanted: (target: string) => boolean): Rewrite {
  return (options) =>
    options.map((word, at) => (word === '--ro-bind' && wanted(options[at + 2] ?? '') ? '--bind' : word))
}

export const NO_MASKS: Rewrite = (options) =>
  options.flatMap((word, at) => {
    const masked = [at, at - 1, at - 2].some(
      (start) => options[start] === '--ro-bind' && options[start + 1] === '/dev/null',
    )
    return masked ? [] : [word]
  })

const ALLOW = 0x7fff0000
export const NO_FILTER: Weakening = { filter: assemble([{ return: ALLOW }]) }

const CAPABLE = inPlaceOf(['--cap-drop', 'ALL'], ['--cap-add', 'ALL'])
const ROOT_INSIDE = inPlaceOf(['--uid', '1000', '--gid', '1000'], ['--uid', '0', '--gid', '0'])
const HOST_PROCESSES = all(
  without('--unshare-pid'),
  inPlaceOf(['--proc', '/proc'], ['--bind', '/proc', '/proc']),
)

export const CAPABILITIES: Weakening = { options: CAPABLE }
export const ROOT: Weakening = { options: ROOT_INSIDE }
/** Root with every right in a namespace where namespaces may be made, and no filter. */
export const ALMIGHTY: Weakening = {
  ...NO_FILTER,
  options: all(ROOT_INSIDE, CAPABLE, without('--disable-userns')),
}
export const SHARED_PROCESSES: Weakening = { options: HOST_PROCESSES }
export const INHERITED: Weakening = { descriptor: openSync('/etc/hostname', 'r') }
export const ENVIRONMENT: Weakening = {
  options: without('--clearenv'),
  environment: { AIRLOCK_LAB_LEAK: '1' },
}
/** Nothing ends with anything: no pid namespace, no parent to die with, no cgroup. */
export const NOTHING_ENDS: Partial<BubblewrapOptions> = {
  limitsBy: 'rlimit',
  testingOnlyWeaken: { options: all(HOST_PROCESSES, without('--die-with-parent')) },
}

const GiB = 1024 ** 3

export const LARGE_SHARED_MEMORY = inPlaceOf(
  ['--size', `${GiB / 16}`, '--perms', '1777', '--tmpfs', '/dev/shm'],
  ['--size', `${GiB}`, '--perms', '1777', '--tmpfs', '/dev/shm'],
)

/** Enough for every bomb of the lab, all of which are small. */
export const GENEROUS: Limits = {
  memory: 4 * GiB,
  cpus: 2,
  processes: 2_000,
  openFiles: 1 << 20,
  fileSize: 2048 * GiB,
  workspaceDisk: 64 * GiB,
  workspaceFiles: 1_000_000,
  seconds: 60,
  outputBytes: GiB / 8,
}

export function generous(driver: SandboxDriver): SandboxDriver {
  return { ...driver, start: (spec) => driver.start({ ...spec, limits: GENEROUS }) }
}
