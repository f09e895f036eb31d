import type { ExecReport, ExecRequest } from '#cli/sandbox-tools.ts'
import { HOST_TOOLCHAIN } from '#contract/image-reference.ts'
import type { Refusal } from '#contract/refusal.ts'
import { newId } from '#kernel/ids.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Sandbox, SandboxDriver } from '#sandbox/driver.ts'
import type { Image } from '#sandbox/image/images.ts'
import { limitsMet } from '#sandbox/limits-met.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import { copyWorkspace } from '#sandbox/workspace/copy-workspace.ts'
import { hostLimits } from './host-limits.ts'
import type { Toolbox, ToolLane } from './toolbox.ts'

/** Runs one command in the profile of a task, over a copy of a directory, and removes the copy. */
export async function execInSandbox(toolbox: Toolbox, request: ExecRequest): Promise<Result<ExecReport>> {
  const { clock, installation, owner } = toolbox
  const start = clock()
  const drivers = toolbox.drivers(request.driver)
  if (!drivers.ok) return drivers
  const [driver] = drivers.value
  const image = await imageFor(toolbox, driver, request)
  if (!image.ok) return image
  const refusals: Refusal[] = []
  const workspace = await copyWorkspace(installation.scratch, request.workspace, owner)
  let lane: ToolLane | undefined
  try {
    if (request.phase !== 'check')
      lane = await toolbox.openLane(request.egress, (refusal) => refusals.push(refusal))
    const limits = { ...hostLimits(), ...request.limits }
    const started = await driver.start({
      ...taskCommand(request.phase, toolbox.runtime, request.command, { image: image.value }),
      id: newId('sbx', toolbox.random),
      workspace: { source: workspace.path, target: '/workspace', writable: 'all' },
      limits,
      onOutput: request.onOutput,
      ...(lane === undefined ? {} : { socketDirectory: lane.directory }),
      ...(request.input === undefined ? {} : { input: request.input }),
    })
    if (!started.ok) return started
    const secondsToStart = (clock() - start) / 1000
    const ending = await endOf(started.value, request.signal)
    const about = { driver: driver.name, phase: request.phase, limits, limitsMet: limitsMet(ending) }
    const within = image.value === undefined ? {} : { image: image.value.pinned }
    return ok({ ...about, ...within, ending, secondsToStart, refusals })
  } finally {
    await lane?.close()
    await workspace.remove()
  }
}

async function imageFor(
  toolbox: Toolbox,
  driver: SandboxDriver,
  { image, signal }: ExecRequest,
): Promise<Result<Image | undefined>> {
  if (image === undefined || image === HOST_TOOLCHAIN) return ok(undefined)
  const images = await toolbox.openImages(driver, () => undefined)
  return images.obtain(image, signal)
}

async function endOf(sandbox: Sandbox, signal: AbortSignal) {
  const kill = () => void sandbox.kill()
  signal.addEventListener('abort', kill, { once: true })
  if (signal.aborted) kill()
  try {
    return await sandbox.ended()
  } finally {
    signal.removeEventListener('abort', kill)
  }
}
