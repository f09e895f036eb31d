import { AirlockError } from '#kernel/failure.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { newId } from '#kernel/ids.ts'
import type { ReadOnlyMount, SandboxDriver, SandboxSpec } from '../driver.ts'
import { sandboxEnvironment } from '../environment.ts'
import type { HostUser } from '../host-user.ts'
import { DEFAULT_LIMITS, type Limits } from '../limits.ts'
import type { LabCase, Ran, Verdict } from './lab-case.ts'
import type { Scene } from './scene.ts'
import type { Take } from './take.ts'

/** Everything the attacks on one driver need. */
export interface Stage {
  readonly driver: SandboxDriver
  readonly scene: Scene
  readonly owner?: HostUser
  /** Node and the programs of the attacker. */
  readonly mounts: readonly ReadOnlyMount[]
  /** The socket directory of a lane that allows nothing. */
  readonly lane: string
  readonly take: Take
  readonly random: RandomBytes
  readonly signal?: AbortSignal
}

export type Tell = (each: LabCase, verdict: Verdict) => void

const MiB = 1024 * 1024

/** Small, so that an attack which gets past one of them still harms nobody. */
export const LAB_LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  memory: 256 * MiB,
  cpus: 1,
  processes: 64,
  openFiles: 256,
  fileSize: 64 * MiB,
  workspaceDisk: 64 * MiB,
  workspaceFiles: 3000,
  seconds: 30,
  outputBytes: MiB,
}

/** Runs one command to its end. A sandbox that cannot be started is thrown: without one there is nothing to attack. */
export async function play(
  stage: Stage,
  workspace: string,
  spec: Pick<SandboxSpec, 'command'> & Partial<SandboxSpec>,
): Promise<Ran> {
  const said: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] }
  const phase = spec.phase ?? 'check'
  const started = await stage.driver.start({
    id: newId('sbx', stage.random),
    phase,
    workingDirectory: '/workspace',
    environment: sandboxEnvironment(phase),
    workspace: { source: workspace, target: '/workspace', writable: 'all' },
    mounts: [],
    limits: LAB_LIMITS,
    ...spec,
    onOutput: (stream, chunk) => said[stream].push(Buffer.from(chunk)),
  })
  if (!started.ok) throw new AirlockError(started.failure)
  const kill = () => void started.value.kill()
  stage.signal?.addEventListener('abort', kill, { once: true })
  if (stage.signal?.aborted) kill()
  const ending = await started.value.ended()
  stage.signal?.removeEventListener('abort', kill)
  const text = (stream: 'stdout' | 'stderr') => Buffer.concat(said[stream]).toString('latin1')
  return { ending, stdout: text('stdout'), stderr: text('stderr'), workspace }
}
