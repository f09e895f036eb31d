import { readdir } from 'node:fs/promises'
import { release } from 'node:os'
import { AirlockError } from '#kernel/failure.ts'
import { createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import { createContainerDriver } from '#sandbox/container/driver.ts'
import type { Footing } from '#sandbox/container/messages.ts'
import type { SandboxDriver } from '#sandbox/driver.ts'
import type { Config } from './config.ts'
import type { Installation } from './installation.ts'
import { sandboxUser } from './sandbox-user.ts'

/** The sandboxes of a server, and the name of what stands in them: results of one toolchain are not those of another. */
export interface Sandboxes {
  readonly driver: SandboxDriver
  readonly toolchain: string
}

/**
 * The sandboxes that the configuration names, and no others. Throws `sandbox_unavailable` when a runner that should be
 * there is not: a server that began with one image never goes on with another.
 */
export async function openSandboxes(config: Config, installation: Installation): Promise<Sandboxes> {
  const driver = openDriver(config, installation)
  if (!('footing' in driver)) return { driver, toolchain: await hostToolchain('bubblewrap') }
  const footing = await driver.footing()
  if (!footing.ok) throw new AirlockError(footing.failure)
  return {
    driver: openDriver(config, installation, footing.value),
    toolchain: await hostToolchain(`container ${footing.value.runtime} ${footing.value.image}`),
  }
}

/** The driver alone, whether or not it can start anything. */
export function openDriver(config: Config, installation: Installation, footing?: Footing) {
  const stopwatch = () => performance.now()
  if (config.sandbox.kind === 'container')
    return createContainerDriver({
      runner: config.sandbox.runner,
      stopwatch,
      ...(footing === undefined ? {} : { footing }),
    })
  const hostUser = sandboxUser(config.dataDirectory)
  return createBubblewrapDriver({
    prefix: installationPrefix(installation),
    ...(hostUser === undefined ? {} : { hostUser }),
    stopwatch,
    scratchDirectory: installation.scratch,
    runtimeDirectory: installation.runtime,
  })
}

/** Names what belongs to this installation on the host: cgroups, containers. */
export function installationPrefix({ id }: Installation): string {
  return `airlock${id}`
}

/** Changes when the host's programs may have: kernel, Node, and the versions of what stands in /usr. */
async function hostToolchain(sandbox: string): Promise<string> {
  const libraries = await readdir('/usr/lib').catch(() => [])
  return `${sandbox} ${release()} node ${process.versions.node} ${libraries.length}`
}
