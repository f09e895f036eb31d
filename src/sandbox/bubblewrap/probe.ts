import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { SandboxSpec } from '../driver.ts'
import type { Ground } from './ground.ts'
import { launch } from './launch.ts'

const MiB = 1024 * 1024

export const PROBE_ID = `probe_${process.pid}`

/**
 * Runs `true` in the full profile. Nothing less proves that this host gives it: each single feature may be present
 * and the combination refused.
 */
export async function probe(ground: Ground): Promise<Result<Ground>> {
  const launched = await launch(ground, probeSpec(ground))
  if (!launched.ok) return launched
  const ending = await launched.value.sandbox.ended()
  if (ending.cause === 'exited' && ending.exitCode === 0) return ok(ground)
  return refused(explain(ending.detail ?? `the probe ended: ${ending.cause}, exit code ${ending.exitCode}`))
}

function probeSpec(ground: Ground): SandboxSpec {
  return {
    id: PROBE_ID,
    phase: 'check',
    command: ['true'],
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin' },
    workspace: { source: ground.files.empty, target: '/workspace', writable: 'none' },
    mounts: [],
    limits: {
      memory: 64 * MiB,
      cpus: 1,
      processes: 32,
      openFiles: 64,
      fileSize: MiB,
      workspaceDisk: MiB,
      workspaceFiles: 10,
      seconds: 20,
      outputBytes: 64 * 1024,
    },
  }
}

/** What bwrap says, and the command that mends it. */
const COMPLAINTS: readonly [RegExp, remedy: string][] = [
  [
    /setting up uid map|No permissions to creat|creating new namespace|Operation not permitted.*namespace/i,
    'Allow unprivileged user namespaces: see `airlock doctor`.',
  ],
  [/disable-userns|Unknown option/i, 'Install bubblewrap 0.8 or newer.'],
  [
    /Can't mount proc/i,
    'Give the container an unmasked /proc (--security-opt systempaths=unconfined), or run outside it.',
  ],
  [
    /Can't find source path .*Permission denied/i,
    'Let the sandbox user reach the runtime directory (mode 0711 or more on its parents).',
  ],
  [/seccomp/i, 'Use a kernel with CONFIG_SECCOMP_FILTER.'],
]

function explain(complaint: string): Failure {
  const remedy = COMPLAINTS.find(([pattern]) => pattern.test(complaint))?.[1]
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.host',
    message: `This host does not give the full sandbox: ${complaint}`,
    remedy: remedy ?? 'Run `airlock doctor` for what is missing.',
  }
}
