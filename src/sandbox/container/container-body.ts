import { join } from 'node:path'
import type { ReadOnlyMount, SandboxSpec } from '../driver.ts'
import type { HostUser } from '../host-user.ts'
import type { Runtime } from './runner-options.ts'

/** What every container of a runner has, whatever its spec asks for. */
export interface ContainerFrame {
  readonly label: string
  /** By digest: a name may lead to another image tomorrow. */
  readonly image: string
  readonly user: HostUser
  readonly kind: 'docker' | 'podman'
  readonly runtime: Runtime
  /** The filter: its text for Docker, the path of a file for Podman. */
  readonly seccomp: string
  /** The host's /usr and parts of its /etc, and the files that an engine would otherwise write by itself. */
  readonly system: readonly ReadOnlyMount[]
  readonly mostProcesses: number
}

const MiB = 1024 * 1024

/**
 * The whole container as the Engine API takes it. Pure. Privileges, devices, host namespaces, other users, networks and
 * images are not left out by a check: there is nothing in a spec from which they could come.
 */
export function containerBody(spec: SandboxSpec, frame: ContainerFrame): Readonly<Record<string, unknown>> {
  return {
    Image: frame.image,
    User: `${frame.user.uid}:${frame.user.gid}`,
    // By env, as the user: an engine makes a working directory that is missing, as root, in whatever is mounted there.
    Entrypoint: ['/usr/bin/env', '-i', `--chdir=${spec.workingDirectory}`, '--'],
    // env clears what image and engine put into the environment, so that only the spec's is left.
    Cmd: [...Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`), ...spec.command],
    WorkingDir: '/',
    Hostname: 'airlock',
    NetworkDisabled: true,
    ...{ OpenStdin: true, StdinOnce: true, Tty: false },
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true },
    Labels: { airlock: frame.label },
    HostConfig: {
      ...isolation,
      ...(frame.kind === 'docker' ? { Runtime: frame.runtime, MaskedPaths: [...MASKED, '/sys'] } : {}),
      SecurityOpt: [
        'no-new-privileges',
        `seccomp=${frame.seccomp}`,
        ...(frame.kind === 'podman' ? [`mask=${['/sys', ...MASKED].join(':')}`] : []),
      ],
      ...limits(spec, frame.mostProcesses),
      Mounts: [...frame.system.map(readOnly), ...scratch(spec), ...places(spec)],
    },
  }
}

const isolation = {
  ...{ NetworkMode: 'none', IpcMode: 'private', PidMode: '', UTSMode: '', CgroupnsMode: 'private' },
  Privileged: false,
  ReadonlyRootfs: true,
  CapDrop: ['ALL'],
  Init: true,
  AutoRemove: false,
  RestartPolicy: { Name: 'no' },
  // Otherwise the engine keeps what commands say, without a bound.
  LogConfig: { Type: 'none' },
  ShmSize: 64 * MiB,
}

/** What the engines mask by themselves, and what bubblewrap's profile masks besides. */
const MASKED = [
  ...['/proc/acpi', '/proc/asound', '/proc/scsi', '/proc/kcore', '/proc/keys', '/proc/key-users'],
  ...['/proc/kallsyms', '/proc/kmsg', '/proc/latency_stats', '/proc/timer_list', '/proc/timer_stats'],
  ...['/proc/kpagecgroup', '/proc/kpagecount', '/proc/kpageflags', '/proc/vmallocinfo', '/proc/slabinfo'],
  ...[
    '/proc/pagetypeinfo',
    '/proc/sched_debug',
    '/proc/sysrq-trigger',
    '/proc/config.gz',
    '/proc/interrupts',
  ],
]

function limits({ limits }: SandboxSpec, mostProcesses: number): Readonly<Record<string, unknown>> {
  // Never down: to an engine 0 is no limit at all.
  const both = (Name: string, value: number) => ({ Name, Soft: Math.ceil(value), Hard: Math.ceil(value) })
  return {
    Memory: Math.ceil(limits.memory),
    // The sum of memory and swap: the same number leaves none to swap, and none would double it.
    MemorySwap: Math.ceil(limits.memory),
    NanoCpus: Math.ceil(limits.cpus * 1e9),
    PidsLimit: Math.ceil(limits.processes),
    OomScoreAdj: 500,
    Ulimits: [
      both('core', 1), // not 0: see bubblewrap/rlimits.ts
      both('nofile', limits.openFiles),
      both('fsize', limits.fileSize),
      both('memlock', 8 * MiB),
      // Counted over all containers of the user: the bound of one is PidsLimit.
      both('nproc', mostProcesses),
    ],
  }
}

/** Charged to the container's memory. Their modes are those of the image's directories. */
function scratch({ limits: { memory } }: SandboxSpec): unknown[] {
  return [
    tmpfs('/tmp', memory / 4, 0o1777),
    tmpfs('/home/agent', memory / 16, 0o1777),
    tmpfs('/var/tmp', memory / 16, 0o1777),
    tmpfs('/run', 64 * 1024, 0o755),
  ]
}

function tmpfs(path: string, bytes: number, mode: number): unknown {
  return { Type: 'tmpfs', Target: path, TmpfsOptions: { SizeBytes: Math.ceil(bytes), Mode: mode } }
}

function places(spec: SandboxSpec): unknown[] {
  const { source, target, writable } = spec.workspace
  const opened = Array.isArray(writable) ? writable : []
  return [
    ...spec.mounts.map(readOnly),
    bind(source, target, writable !== 'all'),
    ...opened.map((directory) => bind(join(source, directory), join(target, directory), false)),
    ...(spec.writableMount ? [bind(spec.writableMount.source, spec.writableMount.target, false)] : []),
    ...(spec.socketDirectory === undefined ? [] : [bind(spec.socketDirectory, '/run/airlock', true)]),
  ]
}

function readOnly({ source, target }: ReadOnlyMount): unknown {
  return bind(source, target, true)
}

/** Without what is mounted below it: a read-only bind would leave that writable. */
function bind(source: string, target: string, only: boolean): unknown {
  return {
    Type: 'bind',
    Source: source,
    Target: target,
    ReadOnly: only,
    BindOptions: { Propagation: 'rprivate', NonRecursive: true },
  }
}
