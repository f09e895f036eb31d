import type { CliDependencies } from '#cli/dependencies.ts'
import type { Screen } from '#cli/terminal/screen.ts'
import { cliDependencies, type Program } from '#compose/cli-dependencies.ts'
import { type Config, readConfig } from '#compose/config.ts'

/** The demo's own installation: its own data and port, and of the person's surroundings only what it needs. */
export interface DemoInstallation {
  readonly cli: CliDependencies
  readonly runtimeDirectory: string
}

/** With `keys`, the provider keys of the environment come along; else there is only the scripted model. */
export function demoInstallation(
  own: Config,
  program: Program,
  { home, screen, keys }: { readonly home: string; readonly screen: Screen; readonly keys: boolean },
): DemoInstallation {
  const left = new Set([
    'DATABASE_URL',
    'AIRLOCK_QUERY_DATABASE_URL',
    'AIRLOCK_IDENTITY_DATABASE_URL',
    'AIRLOCK_PUBLIC_URL',
  ])
  if (!keys) for (const name of Object.keys(own.providerEnvironment)) left.add(name)
  const environment = Object.fromEntries(Object.entries(own.inherited).filter(([name]) => !left.has(name)))
  const config = readConfig({ ...environment, AIRLOCK_HOME: home, AIRLOCK_PORT: '0' })
  return {
    cli: { ...cliDependencies(config, program), screen },
    runtimeDirectory: config.runtimeDirectory,
  }
}
