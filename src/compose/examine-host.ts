import { randomBytes } from 'node:crypto'
import type { HostFinding } from '#contract/api.ts'
import { newId } from '#kernel/ids.ts'
import type { Result } from '#kernel/result.ts'
import type { Footing } from '#sandbox/container/messages.ts'
import { diagnose } from '#sandbox/doctor.ts'
import { findEngines } from '#sandbox/engines.ts'
import type { Config } from './config.ts'
import { openInstallation } from './installation.ts'
import { runnerCommand } from './runner-command.ts'
import { openDriver } from './sandbox.ts'

/** What this host gives to the sandboxes of the configuration, and the command that mends what is missing. */
export async function examineHost(config: Config, packageRoot: string): Promise<readonly HostFinding[]> {
  const installation = await openInstallation(config.dataDirectory, config.runtimeDirectory, randomBytes)
  const driver = openDriver(config, installation)
  const footing = 'footing' in driver ? await driver.footing() : undefined
  const { findings } = await diagnose({
    driver: footing?.ok ? openDriver(config, installation, footing.value) : driver,
    dataDirectory: config.dataDirectory,
    id: newId('sbx', randomBytes),
    searchPath: config.searchPath,
  })
  if (footing === undefined || config.sandbox.kind !== 'container') return findings
  const [engine] = (await findEngines()).sockets
  const place = { packageRoot, engine: engine?.path, socket: config.sandbox.runner }
  return [runnerFinding(footing, () => runnerCommand(config, installation, place)), ...findings]
}

function runnerFinding(footing: Result<Footing>, command: () => string): HostFinding {
  const name = 'sandbox runner'
  if (footing.ok) {
    const { engine, runtime, image } = footing.value
    return { name, status: 'ok', finding: `${engine}, ${runtime}, image ${image.slice(0, 19)}` }
  }
  const absent = footing.failure.rule === 'sandbox.runner-absent'
  const remedy = absent ? `As root: ${command()}` : footing.failure.remedy
  return {
    name,
    status: 'missing',
    finding: footing.failure.message,
    ...(remedy === undefined ? {} : { remedy }),
  }
}
