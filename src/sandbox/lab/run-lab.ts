import { AirlockError } from '#kernel/failure.ts'
import type { Clock } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { ReadOnlyMount } from '../driver.ts'
import { attackAlone, attackImport } from './alone.ts'
import { stageAttacker } from './attacker.ts'
import { casesOf, runCalls, runInside } from './batches.ts'
import type { LabCase } from './lab-case.ts'
import { type LabLine, type LabReport, reportOf } from './report.ts'
import { type SceneOptions, setScene } from './scene.ts'
import type { Stage, Tell } from './stage.ts'

export interface LabOptions extends SceneOptions, Pick<Stage, 'driver' | 'take' | 'signal'> {
  readonly cases: readonly LabCase[]
  /** For programs that sandboxes see; their account must be able to reach it. */
  readonly runtimeDirectory: string
  /** Shows Node at /opt/airlock/node, as every sandbox of a task has it. */
  readonly node: ReadOnlyMount
  /** Opens a lane of the gateway that allows nothing. */
  readonly openLane: () => Promise<{ readonly directory: string; close(): Promise<void> }>
  readonly clock: Clock
  /** Called as soon as a case is decided. */
  readonly onLine?: (line: LabLine) => void
}

/**
 * Tries every case against one driver and tells what happened. What is attacked are things the lab put there itself: its
 * own files, its own process, its own listeners on loopback. Refuses when the driver gives no sandbox at all.
 */
export async function runLab(options: LabOptions): Promise<Result<LabReport>> {
  const { clock, driver, cases } = options
  const start = clock()
  const lines = new Map<string, LabLine>()
  const tell: Tell = ({ id, group, tries, stops }, verdict) => {
    const line = { id, group, tries, stops, ...verdict }
    lines.set(id, line)
    options.onLine?.(line)
  }
  try {
    await onStage(options, (stage) => attackAll(stage, cases, tell))
  } catch (error) {
    if (error instanceof AirlockError) return refused(error.failure)
    throw error
  }
  const inOrder = cases.flatMap(({ id }) => lines.get(id) ?? [])
  return ok(reportOf(driver.name, inOrder, (clock() - start) / 1000))
}

async function onStage(options: LabOptions, act: (stage: Stage) => Promise<void>): Promise<void> {
  const attacker = await stageAttacker(options.runtimeDirectory)
  const scene = await setScene(options)
  try {
    const lane = await options.openLane()
    try {
      await act({ ...options, scene, mounts: [options.node, attacker], lane: lane.directory })
    } finally {
      await lane.close()
    }
  } finally {
    await scene.close()
  }
}

/** Two at a time: with more of them, the host itself would be among what stops an attack. */
async function attackAll(stage: Stage, cases: readonly LabCase[], tell: Tell): Promise<void> {
  const waiting = [
    () => runInside(stage, casesOf(cases, 'inside'), tell),
    () => runCalls(stage, casesOf(cases, 'call'), tell),
    ...casesOf(cases, 'alone').map((each) => async () => tell(each, await attackAlone(stage, each.attack))),
    ...casesOf(cases, 'import').map((each) => async () => tell(each, await attackImport(stage, each.attack))),
  ]
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      if (!stage.signal?.aborted) await next()
  }
  await Promise.all([work(), work()])
}
