import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { knownAgents } from '#agents/known-agents.ts'
import { PackageShelf } from '#agents/package-shelf.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { RemoteDirectory } from '#forge/remote-directory.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import type { Internet } from '#gateway/egress/proxy.ts'
import { createPrices } from '#gateway/prices.ts'
import { ProviderDirectory } from '#gateway/provider-directory.ts'
import { providersFromEnvironment } from '#gateway/provider-from-environment.ts'
import { isId } from '#kernel/ids.ts'
import { compileGuest } from '#sandbox/compiled-guest.ts'
import type { SandboxDriver } from '#sandbox/driver.ts'
import { type GuestRuntime, stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import type { HostUser } from '#sandbox/host-user.ts'
import { createPreserved } from '#sandbox/workspace/preserved.ts'
import { createWorkspaces } from '#sandbox/workspace/workspaces.ts'
import { openStore, type Store } from '#store/database.ts'
import { Interrupts } from '#tasks/interrupts.ts'
import type { Workshop } from '#tasks/workshop.ts'
import type { Config } from './config.ts'
import { hostLimits } from './host-limits.ts'
import { openImages } from './images.ts'
import { clearLeftovers, type Installation } from './installation.ts'
import { openVault } from './open-vault.ts'
import { policiesIn } from './policies.ts'
import { readPriceTable } from './price-table.ts'
import { projectSecrets } from './project-secrets.ts'
import { readInternet } from './registry-networks.ts'
import { openSandboxes } from './sandbox.ts'
import { sandboxUser } from './sandbox-user.ts'
import { vaultSecrets } from './vault-secrets.ts'

/** What a workshop is made of besides the configuration; tests hand in their own. */
export interface WorkshopOptions {
  readonly version: string
  readonly packageRoot: string
  readonly onProblem: Workshop['onProblem']
  readonly mayJudge: Workshop['mayJudge']
  readonly idleSeconds?: number
  readonly testingOnlyStall?: NonNullable<Workshop['testingOnlyStall']>
  readonly testingOnlyInternet?: Internet
}

const IDLE_SECONDS = 300

/** Builds every part of the pipeline and connects them. `close` takes them down in the opposite order. */
export async function openWorkshop(
  config: Config,
  installation: Installation,
  options: WorkshopOptions,
): Promise<{ readonly workshop: Workshop; close(): Promise<void> }> {
  const store = await openStore(location(config, installation), {
    onProblem: (error) => options.onProblem('the database', error),
  })
  try {
    return await workshopOver(store, config, installation, options)
  } catch (thrown) {
    await store.close()
    throw thrown
  }
}

async function workshopOver(
  store: Store,
  config: Config,
  installation: Installation,
  {
    packageRoot,
    version,
    onProblem,
    mayJudge,
    idleSeconds = IDLE_SECONDS,
    testingOnlyStall,
    testingOnlyInternet,
  }: WorkshopOptions,
): Promise<{ readonly workshop: Workshop; close(): Promise<void> }> {
  const clock = () => Date.now()
  const stopwatch = () => performance.now()
  const random = (size: number) => randomBytes(size)
  const hostUser = sandboxUser(config.dataDirectory)
  await clearLeftovers(installation)
  const { driver, toolchain } = await openSandboxes(config, installation)
  const runtime = await guestRuntime(packageRoot, installation, hostUser, driver, onProblem)
  const images = await openImages(config, installation, {
    driver,
    runtime,
    random,
    ...(hostUser === undefined ? {} : { owner: hostUser }),
    onProblem,
  })
  await images.sweep()
  const workspaces = await createWorkspaces({
    directory: installation.workspaces,
    ...(hostUser === undefined ? {} : { owner: hostUser }),
    random,
    onProblem,
  })
  const vault = await openVault(store, clock, config.keyServices, installation)
  const preserved = createPreserved({
    directory: join(installation.workspaces, 'preserved'),
    ...(hostUser === undefined ? {} : { owner: hostUser }),
    onProblem,
  })
  const gateway = createGateway({
    stopwatch,
    clock,
    prices: createPrices({ clock, ...(await readPriceTable(config.dataDirectory)) }),
    ...(hostUser === undefined ? {} : { sandboxGroup: hostUser.gid }),
    internet: testingOnlyInternet ?? (await readInternet(config.dataDirectory)),
  })
  const providers = new ProviderDirectory(
    installation.providersFile,
    providersFromEnvironment(config.providerEnvironment),
  )
  const remotes = new RemoteDirectory(installation.remotesFile)
  const telemetry =
    config.telemetry === undefined
      ? undefined
      : (await import('./telemetry/open-telemetry.ts')).openTelemetry(config.telemetry, version, clock)
  const workshop: Workshop = {
    store,
    clock,
    stopwatch,
    random,
    policyOf: policiesIn(store, { clock }),
    interrupts: new Interrupts(),
    driver,
    mayJudge,
    limits: hostLimits(),
    workspaces,
    vault,
    preserved,
    preserveMaximum: config.preserveMaximum,
    scratchDirectory: installation.scratch,
    runtime,
    images,
    gateway,
    lanePath: () => join(installation.lanes, randomBytes(9).toString('base64url')),
    providers,
    remotes,
    secretsOf: projectSecrets(providers, remotes, [vaultSecrets(vault)]),
    agents: knownAgents,
    agentPackages: new PackageShelf(installation.agents),
    ...repositories(installation.repositories),
    signer: installation.signer,
    verifierKey: installation.signer.key,
    logOrigin: (organisation) => `${installation.signer.key.name}/${organisation}`,
    evidenceDirectory: installation.evidence,
    idleSeconds,
    toolchain,
    ...(testingOnlyStall === undefined ? {} : { testingOnlyStall }),
    ...(telemetry === undefined ? {} : { telemetry }),
    onProblem,
  }
  return {
    workshop,
    close: async () => {
      await telemetry?.close().catch((cause: unknown) => onProblem('the last spans were not taken', cause))
      await images.close()
      await gateway.close()
      await workspaces.close()
      await store.close()
    },
  }
}

/** Compiled ahead where that works; where no sandbox can be started, `airlock doctor` says why. */
async function guestRuntime(
  packageRoot: string,
  { runtime: runtimeDirectory, scratch: scratchDirectory }: Installation,
  owner: HostUser | undefined,
  driver: SandboxDriver,
  onProblem: Workshop['onProblem'],
): Promise<GuestRuntime> {
  const runtime = await stageGuestRuntime({ root: packageRoot, runtimeDirectory, node: process.execPath })
  try {
    return await compileGuest(driver, runtime, {
      programs: ['src/agents/builtin/main.ts', 'src/agents/acp/main.ts', 'src/sandbox/guest/scan-change.ts'],
      runtimeDirectory,
      scratchDirectory,
      ...(owner === undefined ? {} : { owner }),
      limits: hostLimits(),
      random: (size) => randomBytes(size),
    })
  } catch (cause) {
    onProblem('the guest programs could not be compiled ahead; agents start more slowly', cause)
    return runtime
  }
}

function location(config: Config, installation: Installation) {
  if (config.database.kind === 'embedded') return { embedded: { directory: installation.database } }
  const { url, queryUrl, identityUrl } = config.database
  return {
    url,
    ...(queryUrl === undefined ? {} : { queryUrl }),
    ...(identityUrl === undefined ? {} : { identityUrl }),
  }
}

/** One bare repository per project, opened once. */
function repositories(directory: string): Pick<Workshop, 'repositoryOf' | 'forgetRepository'> {
  const open = new Map<string, Promise<TrustedRepository>>()
  const place = (project: string) => {
    if (!isId('prj', project)) throw new Error('a project has an id')
    return join(directory, `${project}.git`)
  }
  return {
    repositoryOf: (project) => {
      const repository = open.get(project) ?? openTrustedRepository(place(project))
      open.set(project, repository)
      repository.catch(() => open.delete(project))
      return repository
    },
    forgetRepository: async (project) => {
      open.delete(project)
      await rm(place(project), { recursive: true, force: true })
    },
  }
}
