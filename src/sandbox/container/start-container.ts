import { AirlockError, type Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { isAlive } from '../bubblewrap/first-process.ts'
import type { SandboxSpec } from '../driver.ts'
import { containerBody } from './container-body.ts'
import { EngineError } from './engine.ts'
import { exchangedMount } from './exchanged-mount.ts'
import type { Ground } from './ground.ts'
import { frameFor } from './image-frame.ts'
import { type RunningContainer, runningContainer, type StartedContainer } from './running-container.ts'

/** Makes, connects and starts one container; what was made is removed again when the rest fails. */
export async function startContainer(
  ground: Ground,
  spec: SandboxSpec,
  tell: StartedContainer['tell'],
): Promise<Result<RunningContainer>> {
  const { engine } = ground
  let id: string | undefined
  try {
    const framed = await frameFor(ground, spec)
    if (!framed.ok) return framed
    const frame = framed.value
    id = await engine.create(containerName(frame.label, spec.id), containerBody(spec, frame))
    await refuseOtherRuntime(ground, id)
    const stream = await engine.attach(id)
    // Before the start where the engine knows it: an account opened later could miss the end of a short command.
    const early = (await engine.inspect(id))?.pid ?? 0
    refuseExchanged(early, spec)
    await engine.start(id)
    const pid = early > 0 ? early : ((await engine.inspect(id))?.pid ?? 0)
    if (early === 0) refuseExchanged(pid, spec)
    return ok(runningContainer({ ground, spec, id, pid, stream, tell }))
  } catch (error) {
    if (id !== undefined) await engine.remove(id).catch(() => {})
    if (error instanceof EngineError) return refused(notStarted(error))
    if (error instanceof AirlockError) return refused(error.failure)
    throw error
  }
}

/** The engine may have been started again, with another runtime, since it was asked what it uses. */
async function refuseOtherRuntime({ engine, frame: { kind, runtime } }: Ground, id: string): Promise<void> {
  const used = await engine.runtimeOf(id, kind)
  if (used === runtime) return
  throw new AirlockError({
    code: 'sandbox_unavailable',
    rule: 'sandbox.runtime',
    message: `The container engine made a container for ${used}, not ${runtime}.`,
    remedy: `Start the engine with ${runtime} again, or the runner and the server with --runtime ${used}.`,
  })
}

/** Only root may look into another account's process; a runner that is not root runs commands as itself. */
function refuseExchanged(pid: number, spec: SandboxSpec): void {
  if (pid === 0 || process.getuid?.() !== 0) return
  const source = exchangedMount(pid, spec)
  // Where the engine tells the process only once it runs, a short command may be gone already.
  if (source === undefined || !isAlive(pid)) return
  throw new AirlockError({
    code: 'unsafe_path',
    rule: 'sandbox.roots',
    message: `${JSON.stringify(source)} was exchanged while it was being shown in a container.`,
    remedy: 'Let nobody else write to the directories above it.',
  })
}

export function containerName(label: string, id: string): string {
  return `airlock-${label}-${id}`
}

function notStarted(error: EngineError): Failure {
  return {
    code: 'sandbox_failed',
    rule: 'sandbox.engine',
    message: 'The container could not be started.',
    details: { cause: error.message },
  }
}
