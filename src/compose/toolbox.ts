import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Budget, NOTHING_SPENT } from '#contract/budget.ts'
import type { EgressPreset } from '#contract/project-file.ts'
import type { Refusal } from '#contract/refusal.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import { createPrices } from '#gateway/prices.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { SandboxDriver } from '#sandbox/driver.ts'
import { type GuestRuntime, stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import type { HostUser } from '#sandbox/host-user.ts'
import type { Images } from '#sandbox/image/images.ts'
import type { Config } from './config.ts'
import { openImages } from './images.ts'
import { type Installation, openInstallation } from './installation.ts'
import { readInternet } from './registry-networks.ts'
import { openDriver } from './sandbox.ts'
import { sandboxUser } from './sandbox-user.ts'

/** The parts of an installation that sandboxes are tried with by hand: those a server would use, without the server. */
export interface Toolbox {
  readonly installation: Installation
  readonly runtime: GuestRuntime
  readonly owner: HostUser | undefined
  readonly random: RandomBytes
  readonly clock: () => number
  /** The images of this installation, unpacked and tried in sandboxes of this driver. */
  openImages(driver: SandboxDriver, onProblem: (message: string) => void): Promise<Images>
  /** The one that is named, else all of this installation, that of the configuration first. */
  drivers(name: string | undefined): Result<readonly [SandboxDriver, ...SandboxDriver[]]>
  /** A lane without a model, open to the registries of these presets and to nothing else. */
  openLane(egress: readonly EgressPreset[], onRefusal: (refusal: Refusal) => void): Promise<ToolLane>
}

export interface ToolLane {
  readonly directory: string
  close(): Promise<void>
}

export async function openToolbox(config: Config, packageRoot: string): Promise<Toolbox> {
  const random = (size: number) => randomBytes(size)
  const clock = () => Date.now()
  const installation = await openInstallation(config.dataDirectory, config.runtimeDirectory, random)
  const runtime = await stageGuestRuntime({
    root: packageRoot,
    runtimeDirectory: installation.runtime,
    node: process.execPath,
  })
  const owner = sandboxUser(config.dataDirectory)
  return {
    installation,
    runtime,
    owner,
    random,
    clock,
    openImages: (driver, onProblem) =>
      openImages(config, installation, {
        driver,
        runtime,
        random,
        ...(owner === undefined ? {} : { owner }),
        onProblem,
      }),
    drivers: (name) => chosen(driversOf(config, installation), name),
    async openLane(egress, onRefusal) {
      const gateway = createGateway({
        stopwatch: () => performance.now(),
        clock,
        prices: createPrices({ clock }),
        internet: await readInternet(config.dataDirectory),
        ...(owner === undefined ? {} : { sandboxGroup: owner.gid }),
      })
      const directory = join(installation.lanes, random(9).toString('base64url'))
      await gateway.open({
        attempt: 'by-hand',
        directory,
        provider: undefined,
        model: undefined,
        budget: Budget.parse({}),
        spent: NOTHING_SPENT,
        egress,
        onEvent: (event) => {
          if (event.kind === 'refusal') onRefusal(event.refusal)
        },
      })
      return { directory, close: () => gateway.close() }
    },
  }
}

/** bubblewrap can be tried on every host, whatever the configuration says. */
function driversOf(config: Config, installation: Installation): readonly SandboxDriver[] {
  const configured: SandboxDriver = openDriver(config, installation)
  if (configured.name === 'bubblewrap') return [configured]
  return [configured, openDriver({ ...config, sandbox: { kind: 'bubblewrap' } }, installation)]
}

function chosen(drivers: readonly SandboxDriver[], name: string | undefined): ReturnType<Toolbox['drivers']> {
  const [first, ...others] = drivers.filter((driver) => name === undefined || driver.name === name)
  if (first !== undefined) return ok([first, ...others])
  return refused({
    code: 'sandbox_unavailable',
    rule: 'sandbox.driver',
    message: `This installation has no driver called ${JSON.stringify(name)}.`,
    remedy: `Name one of these: ${drivers.map((driver) => driver.name).join(', ')}.`,
  })
}
