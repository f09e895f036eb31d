import { accessSync, constants, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { Failure } from '#kernel/failure.ts'
import { cgroupHome } from './bubblewrap/cgroup.ts'
import { ownCgroupPlaces } from './bubblewrap/ground.ts'
import { findProgram, isAtLeast, versionOf } from './bubblewrap/programs.ts'
import type { SandboxDriver, SandboxEnding } from './driver.ts'
import { engineFinding, findEngines, tierFinding } from './engines.ts'
import type { Finding } from './finding.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { toolchainFinding } from './toolchains.ts'

export interface Diagnosis {
  readonly findings: readonly Finding[]
  readonly verdict: 'ready' | 'weaker' | 'unavailable'
  /** Why no sandbox can be started, when none can. */
  readonly failure?: Failure
}

export interface DiagnosisOptions {
  readonly driver: SandboxDriver
  /** Where workspaces are kept: its file system must have room. */
  readonly dataDirectory: string
  /** An id no running sandbox has. */
  readonly id: string
  /** Where the toolchains of the host are looked for. */
  readonly searchPath: string
}

/** Examines what this host gives to sandboxes, the last word being a real one started with the full profile. */
export async function diagnose(options: DiagnosisOptions): Promise<Diagnosis> {
  const trial = await startTrial(options)
  const engines = await findEngines()
  const findings = [
    ...(options.driver.name === 'container'
      ? []
      : [await bubblewrap(), userNamespaces(), seccomp(), cgroups(), landlock()]),
    engineFinding(engines, process.getuid?.() === 0),
    tierFinding(options.driver, engines),
    hardware(),
    await overlay(),
    await diskSpace(options.dataDirectory),
    await git(),
    toolchainFinding(options.searchPath),
    profile(trial),
  ]
  const failure = trial.failure
  const whole = findings.every(({ status }) => status === 'ok')
  const missing = findings.some(({ status }) => status === 'missing')
  return {
    findings,
    verdict: failure !== undefined || missing ? 'unavailable' : whole ? 'ready' : 'weaker',
    ...(failure === undefined ? {} : { failure }),
  }
}

interface Trial {
  readonly ending?: SandboxEnding
  readonly failure?: Failure
}

async function startTrial({ driver, id }: DiagnosisOptions): Promise<Trial> {
  const started = await driver.start({
    id,
    phase: 'check',
    command: ['true'],
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin' },
    workspace: { source: '/usr', target: '/workspace', writable: 'none' },
    mounts: [],
    limits: { ...DEFAULT_LIMITS, seconds: 20 },
  })
  if (!started.ok) return { failure: started.failure }
  const ending = await started.value.ended()
  if (ending.cause === 'exited' && ending.exitCode === 0) return { ending }
  const message = `A trial sandbox ended wrongly: ${ending.cause} ${ending.detail ?? ''}`.trim()
  return { ending, failure: { code: 'sandbox_failed', rule: 'sandbox.host', message } }
}

async function bubblewrap(): Promise<Finding> {
  const name = 'bubblewrap'
  const path = findProgram('bwrap')
  const version = path === undefined ? undefined : await versionOf(path)
  const remedy = 'apt-get install bubblewrap'
  if (path === undefined || version === undefined)
    return { name, status: 'missing', finding: 'not installed', remedy }
  if (!isAtLeast(version, 0, 8))
    return { name, status: 'missing', finding: `${version}: 0.8 or newer is needed`, remedy }
  return { name, status: 'ok', finding: `${version} at ${path}` }
}

/** Each of these switches, in the wrong position, keeps an unprivileged process from making a sandbox. */
const NAMESPACE_SWITCHES: readonly { file: string; bad: string; remedy: string }[] = [
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    bad: '0',
    remedy: 'sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    bad: '0',
    remedy: 'sysctl -w user.max_user_namespaces=10000',
  },
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    bad: '1',
    remedy:
      "printf 'abi <abi/4.0>,\\nprofile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }\\n' > /etc/apparmor.d/bwrap && apparmor_parser -r /etc/apparmor.d/bwrap",
  },
]

function userNamespaces(): Finding {
  const name = 'user namespaces'
  const wrong = NAMESPACE_SWITCHES.find(({ file, bad }) => readText(file) === bad)
  if (wrong === undefined) return { name, status: 'ok', finding: 'not restricted by any switch' }
  // The AppArmor switch is harmless once bwrap has a profile: the trial tells.
  const status = wrong.bad === '1' ? 'weaker' : 'missing'
  return { name, status, finding: `${wrong.file} is ${wrong.bad}`, remedy: wrong.remedy }
}

function seccomp(): Finding {
  const name = 'seccomp'
  const actions = readText('/proc/sys/kernel/seccomp/actions_avail')
  if (actions?.includes('kill_process'))
    return { name, status: 'ok', finding: 'system call filters available' }
  const remedy = 'Use a kernel with CONFIG_SECCOMP_FILTER, 4.14 or newer.'
  return { name, status: 'missing', finding: 'no system call filters', remedy }
}

function cgroups(): Finding {
  const name = 'cgroups'
  const home = cgroupHome(ownCgroupPlaces())
  if (home !== undefined)
    return { name, status: 'ok', finding: `version ${home.version}: memory, cpu and processes are bounded` }
  return {
    name,
    status: 'weaker',
    finding: 'not writable: limits hold for single processes only (rlimit), not for a sandbox as a whole',
    remedy: 'Run the server as a systemd service with Delegate=yes and DelegateSubgroup=server.',
  }
}

/** No sandbox stands on it: mounts and namespaces do what it would do. It is named for whoever asks. */
function landlock(): Finding {
  const active = readText('/sys/kernel/security/lsm')?.split(',').includes('landlock') ?? false
  return { name: 'landlock', status: 'ok', finding: active ? 'active; not needed' : 'not active; not needed' }
}

function hardware(): Finding {
  const name = 'hardware virtualisation'
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return { name, status: 'ok', finding: '/dev/kvm can be opened; no driver uses it yet' }
  } catch {
    return { name, status: 'ok', finding: 'no /dev/kvm for this account; no driver uses it yet' }
  }
}

async function overlay(): Promise<Finding> {
  const name = 'overlay'
  const known = readText('/proc/filesystems')?.includes('\toverlay') ?? false
  const path = findProgram('bwrap')
  const version = (path && (await versionOf(path))) || '0'
  if (known && (process.getuid?.() === 0 || isAtLeast(version, 0, 11)))
    return { name, status: 'ok', finding: 'workspaces can share one read-only copy' }
  const remedy = known ? 'Install bubblewrap 0.11 or newer.' : 'modprobe overlay'
  return { name, status: 'weaker', finding: 'not permitted: every workspace is a full copy', remedy }
}

const GiB = 1024 ** 3

async function diskSpace(directory: string): Promise<Finding> {
  const name = 'disk space'
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  const finding = `${(free / GiB).toFixed(1)} GiB free`
  const remedy = 'Free some space, or move the data directory.'
  if (free < GiB / 2) return { name, status: 'missing', finding, remedy }
  if (free < 10 * GiB) return { name, status: 'weaker', finding, remedy }
  return { name, status: 'ok', finding }
}

async function git(): Promise<Finding> {
  const name = 'git'
  const path = findProgram('git')
  const version = path === undefined ? undefined : await versionOf(path)
  const remedy = 'apt-get install git'
  if (version === undefined) return { name, status: 'missing', finding: 'not installed', remedy }
  if (!isAtLeast(version, 2, 34))
    return { name, status: 'missing', finding: `${version}: 2.34 or newer is needed`, remedy }
  return { name, status: 'ok', finding: version }
}

function profile({ ending, failure }: Trial): Finding {
  const name = 'full profile'
  if (failure !== undefined) {
    const remedy = failure.remedy === undefined ? {} : { remedy: failure.remedy }
    return { name, status: 'missing', finding: failure.message, ...remedy }
  }
  return { name, status: 'ok', finding: `a sandbox started and ended; limits by ${ending?.enforcement}` }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
