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
    const gaps = [...gapsIn(report, options), ...(await ownerGap(join(workspace, 'made'), options))]
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

/** What is not as the profile says, by the kernel's account of a process inside. */
export function gapsIn(report: string, { user, runtime }: Pick<RunnerOptions, 'user' | 'runtime'>): string[] {
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
          ['it may gain privileges', /^NoNewPrivs:\s+1$/m],
          ['it has no system call filter', /^Seccomp:\s+2$/m],
        ] as [string, RegExp][])),
  ]
  const gaps = expected.filter(([, pattern]) => !pattern.test(report)).map(([what]) => what)
  const foreign = [...report.matchAll(/^ *([a-z][a-z0-9.@-]*): *\d+/gm)].filter(([, name]) => name !== 'lo')
  return foreign.length === 0 ? gaps : [...gaps, 'it has a network']
}

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
