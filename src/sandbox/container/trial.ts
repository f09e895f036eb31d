import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { SandboxSpec } from '../driver.ts'
import { type Ground, unavailable } from './ground.ts'
import type { RunnerOptions } from './runner-options.ts'
import { startContainer } from './start-container.ts'

const MiB = 1024 * 1024

/**
 * Runs one container and reads what the kernel says about it: an engine may accept an option and not carry it out, and
 * each such gap must be found before anything hostile runs.
 */
export async function tryOut(ground: Ground, options: RunnerOptions): Promise<Result<Ground>> {
  await mkdir(options.directory, { recursive: true })
  const workspace = await mkdtemp(join(options.directory, WORKSPACE))
  try {
    await chmod(workspace, 0o700)
    await chown(workspace, options.user.uid, options.user.gid)
    let report = ''
    const started = await startContainer(ground, trialSpec(workspace), async (_, chunk) => {
      report += chunk.toString('utf8')
    })
    if (!started.ok) return refused(unavailable(`A trial container did not start: ${causeOf(started)}`, MEND))
    started.value.input.end()
    const ending = await started.value.ended
    if (ending.cause !== 'exited' || ending.exitCode !== 0)
      return refused(
        unavailable(`A trial container ended: ${ending.cause} ${ending.detail ?? report.slice(-500)}`, MEND),
      )
    const wanted = ground.frame.system.map(({ target }) => target)
    const gaps = [...gapsIn(report, options, wanted), ...(await ownerGap(join(workspace, 'made'), options))]
    if (gaps.length === 0) return ok(ground)
    return refused(unavailable(`This engine does not give the full profile: ${gaps.join('; ')}.`, MEND))
  } finally {
    await rm(workspace, { recursive: true, force: true })
  }
}

/** Nothing that a sweep may take away, as long as this process lives. */
export const TRIAL_ID = `probe_${process.pid}`

const WORKSPACE = 'trial-'
const MEND = 'Run `airlock doctor` for what is missing; see docs/sandbox-drivers.md.'

const SCRIPT = [
  'set -e',
  'cat /proc/self/status',
  'cat /proc/self/mountinfo',
  'cat /proc/net/dev',
  'for d in /dev/*; do echo "device $d"; done',
  'echo x > made',
  'for d in /tmp /var/tmp /home/agent; do echo x > $d/x; done',
].join('; ')

function trialSpec(source: string): SandboxSpec {
  return {
    id: TRIAL_ID,
    phase: 'check',
    command: ['sh', '-c', SCRIPT],
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin' },
    workspace: { source, target: '/workspace', writable: 'all' },
    mounts: [],
    limits: {
      memory: 64 * MiB,
      cpus: 1,
      processes: 32,
      openFiles: 64,
      fileSize: MiB,
      workspaceDisk: 256 * MiB,
      workspaceFiles: 100,
      seconds: 60,
      outputBytes: MiB,
    },
  }
}

/** Removes what a runner that died in a trial left behind. */
export async function discardTrials(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => []))
    if (name.startsWith(WORKSPACE)) await rm(join(directory, name), { recursive: true, force: true })
}

/**
 * What is not as the profile says, by the kernel's account of a process inside. An engine's own configuration, and an
 * image, can add mounts and devices to every container: what is neither everybody's nor among `wanted` is told.
 */
export function gapsIn(
  report: string,
  { user, runtime }: Pick<RunnerOptions, 'user' | 'runtime'>,
  wanted: readonly string[] = [],
): string[] {
  const { uid, gid } = user
  const four = (name: string, id: number) => new RegExp(`^${name}:${`\\s+${id}`.repeat(4)}$`, 'm')
  const expected: [what: string, pattern: RegExp][] = [
    ['it runs as another user', four('Uid', uid)],
    ['it runs as another group', four('Gid', gid)],
    ['it has capabilities', /^CapEff:\s+0+$/m],
    ['it could gain capabilities', /^CapBnd:\s+0+$/m],
    ['its root directory is writable', / \/ \/ ro[, ]/],
    ['its /sys is not masked', / \/ \/sys ro[, ].* - tmpfs /],
    // gVisor is a kernel of its own and shows neither of these.
    ...(runtime === 'runsc'
      ? []
      : ([
          ['it could inherit capabilities', /^CapInh:\s+0+$/m],
          ['it is in further groups', new RegExp(`^Groups:[ \\t]*(?:${gid})?[ \\t]*$`, 'm')],
          ['it may gain privileges', /^NoNewPrivs:\s+1$/m],
          ['it has no system call filter', /^Seccomp:\s+2$/m],
        ] as [string, RegExp][])),
  ]
  const gaps = expected.filter(([, pattern]) => !pattern.test(report)).map(([what]) => what)
  const foreign = [...report.matchAll(/^ *([a-z][a-z0-9.@-]*): *\d+/gm)].filter(([, name]) => name !== 'lo')
  return [
    ...gaps,
    ...(foreign.length === 0 ? [] : ['it has a network']),
    ...unasked(report, /^\d+ \d+ \d+:\d+ \S+ (\S+) .* - /gm, [...MOUNTS, ...wanted], PSEUDO),
    // Those of gVisor are its own.
    ...(runtime === 'runsc' ? [] : unasked(report, /^device (\S+)$/gm, DEVICES)),
  ]
}

function unasked(report: string, shown: RegExp, known: readonly string[], within?: RegExp): string[] {
  return [...report.matchAll(shown)]
    .map(([, path = '']) => path)
    .filter((path) => !known.includes(path) && within?.test(path) !== true)
    .map((path) => `it has ${path}, which nobody asked for`)
}

/** What every container has besides its own: what the body names, and the init of Podman and of Docker. */
const MOUNTS = [
  ...['/', '/workspace', '/tmp', '/var/tmp', '/home/agent', '/run', '/dev', '/proc', '/sys'],
  ...['/run/podman-init', '/sbin/docker-init'],
]
/** Parts of the pseudo file systems, which engines mount and mask piece by piece; devices are looked at by name. */
const PSEUDO = /^\/(?:dev|proc|sys)\//
const DEVICES = [
  ...['console', 'core', 'fd', 'full', 'mqueue', 'null', 'ptmx', 'pts', 'random', 'shm'],
  ...['stderr', 'stdin', 'stdout', 'tty', 'urandom', 'zero'],
].map((name) => `/dev/${name}`)

async function ownerGap(file: string, { user }: RunnerOptions): Promise<string[]> {
  const { uid, gid } = await stat(file)
  return uid === user.uid && gid === user.gid ? [] : ['its files belong to somebody else on the host']
}

function causeOf({
  failure,
}: {
  failure: { message: string; details?: Readonly<Record<string, unknown>> }
}): string {
  return String(failure.details?.cause ?? failure.message)
}
