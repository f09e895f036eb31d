import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { takeAsTasksDo } from '#compose/lab-take.ts'
import { Budget, NOTHING_SPENT } from '#contract/budget.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import { createPrices } from '#gateway/prices.ts'
import type { BubblewrapOptions } from '#sandbox/bubblewrap/options.ts'
import type { ReadOnlyMount, SandboxDriver } from '#sandbox/driver.ts'
import { stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { LAB_CASES } from '#sandbox/lab/lab-cases.ts'
import type { LabReport } from '#sandbox/lab/report.ts'
import { type LabOptions, runLab } from '#sandbox/lab/run-lab.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from '#test/sandbox/bubblewrap-rig.ts'

/** A place where the lab can be run again and again, each time over another driver. */
export interface LabRig {
  readonly rig: BubblewrapRig
  /** Runs the cases that `wanted` accepts. */
  run(more?: LabRun): Promise<LabReport>
  close(): Promise<void>
}

export interface LabRun {
  readonly wanted?: (id: string) => boolean
  readonly bubblewrap?: Partial<BubblewrapOptions>
  /** Stands between the lab and the driver. */
  readonly around?: (driver: SandboxDriver) => SandboxDriver
  /** Opens the lane in another way, in this directory. */
  readonly lane?: (directory: string) => LabOptions['openLane']
  readonly lab?: Partial<LabOptions>
}

export async function labRig(): Promise<LabRig> {
  const rig = await bubblewrapRig()
  const runtimeDirectory = join(rig.root, 'runtime')
  const runtime = await stageGuestRuntime({
    root: process.cwd(),
    runtimeDirectory,
    node: process.execPath,
  })
  const gateway = createGateway({
    stopwatch: () => performance.now(),
    clock: Date.now,
    prices: createPrices({ clock: Date.now }),
    ...(HOST_USER === undefined ? {} : { sandboxGroup: HOST_USER.gid }),
  })
  const rigs: BubblewrapRig[] = [rig]
  let lanes = 0
  return {
    rig,
    async run({ wanted = () => true, bubblewrap = {}, around = asItIs, lane, lab = {} } = {}) {
      const own = await bubblewrapRig(bubblewrap)
      rigs.push(own)
      const report = await runLab({
        driver: around(own.driver),
        cases: LAB_CASES.filter(({ id }) => wanted(id)),
        directory: rig.root,
        ...(HOST_USER === undefined ? {} : { owner: HOST_USER }),
        random: (size) => randomBytes(size),
        clock: Date.now,
        runtimeDirectory,
        node: runtime.mounts[0] as ReadOnlyMount,
        take: takeAsTasksDo,
        async openLane() {
          const directory = join(rig.root, `lane-${lanes++}`)
          const opened = await gateway.open({
            attempt: 'lab',
            directory,
            provider: undefined,
            model: undefined,
            budget: Budget.parse({}),
            spent: NOTHING_SPENT,
            egress: [],
            onEvent: () => {},
          })
          return { directory, close: () => opened.close() }
        },
        ...(lane === undefined ? {} : { openLane: lane(join(rig.root, `lane-${lanes++}`)) }),
        ...lab,
      })
      if (!report.ok) throw new Error(JSON.stringify(report.failure))
      return report.value
    },
    async close() {
      await gateway.close()
      for (const each of rigs) await each.close()
    },
  }
}

function asItIs(driver: SandboxDriver): SandboxDriver {
  return driver
}
