import { lstat, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { keeps, readLock } from '#agents/package-lock.ts'
import { folderOf, type InstalledPackage, PackageShelf } from '#agents/package-shelf.ts'
import { AGENT_PACKAGES, type AgentPackage, packageNamed, shippedLock } from '#agents/packages.ts'
import type { InstallRequest } from '#cli/agent-tools.ts'
import type { Refusal } from '#contract/refusal.ts'
import { digestOf } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { stageOnce } from '#sandbox/stage.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import { type CopiedWorkspace, copyWorkspace } from '#sandbox/workspace/copy-workspace.ts'
import { hostProgram } from '#sandbox/workspace/host-program.ts'
import { removeTree } from '#sandbox/workspace/leftovers.ts'
import { hostLimits } from './host-limits.ts'
import type { Toolbox } from './toolbox.ts'

/** Fetches one version of a known agent, the known version unless another one is named. */
export async function installAgent(
  open: () => Promise<Toolbox>,
  request: InstallRequest,
): Promise<Result<InstalledPackage>> {
  const known = packageNamed(request.name)
  if (known === undefined) return refused(unknownPackage(request.name))
  const version = request.version ?? known.version
  if (!VERSION.test(version)) return refused(badVersion(version))
  const shipped = await shippedLock(known)
  return installPackage(await open(), { known, version, shipped, pin: request.pin, signal: request.signal })
}

export interface PackageRequest {
  readonly known: AgentPackage
  readonly version: string
  /** The lock file that the known version is held to, where one comes with Airlock. */
  readonly shipped: string | undefined
  readonly pin: boolean
  readonly signal: AbortSignal
}

/**
 * Fetches a package from the npm registry, in a sandbox that reaches nothing else and runs none of what it fetches. npm
 * holds every package to a SHA-512: to those in the shipped lock file, else to those that the registry names. What is kept
 * is read-only and named by its lock file.
 */
export async function installPackage(
  toolbox: Toolbox,
  { known, version, shipped, pin, signal }: PackageRequest,
): Promise<Result<InstalledPackage>> {
  const { name } = known
  const shelf = new PackageShelf(toolbox.installation.agents)
  const there = await alreadyThere(shelf, name, version, pin)
  if (there !== undefined) return ok(there)
  const workspace = await workspaceFor(
    toolbox,
    known,
    version,
    version === known.version ? shipped : undefined,
  )
  try {
    const fetched = await fetchInSandbox(toolbox, workspace, signal)
    if (!fetched.ok) return fetched
    const lock = await lockedIn(workspace, { known, version, shipped })
    if (!lock.ok) return lock
    // A tag has led to a version that somebody installed before.
    const tagged = await alreadyThere(shelf, name, lock.value.version, pin)
    if (tagged !== undefined) return ok(tagged)
    const entry = {
      name,
      version: lock.value.version,
      digest: digestOf(lock.value.text),
      installedAt: instantOf(toolbox.clock()),
    }
    const placed = await place(shelf, entry, known, workspace, lock.value.text)
    if (!placed.ok) return placed
    await shelf.add(entry, { pin })
    return ok({ ...entry, directory: placed.value })
  } finally {
    await workspace.remove()
  }
}

/** A version or a tag of the registry: never a path, an address or a range. */
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/

async function alreadyThere(
  shelf: PackageShelf,
  name: string,
  version: string,
  pin: boolean,
): Promise<InstalledPackage | undefined> {
  const there = await shelf.find(name, version)
  if (there === undefined) return undefined
  const { directory: _, ...entry } = there
  await shelf.add(entry, { pin })
  return there
}

/** Nothing but a manifest, and the lock file where there is one. */
async function workspaceFor(
  { installation, owner }: Toolbox,
  { npm, name }: AgentPackage,
  version: string,
  lock: string | undefined,
): Promise<CopiedWorkspace> {
  const draft = await mkdtemp(join(installation.scratch, 'agent-'))
  try {
    const manifest = { name, private: true, dependencies: { [npm]: version } }
    await writeFile(join(draft, 'package.json'), JSON.stringify(manifest))
    if (lock !== undefined) await writeFile(join(draft, 'package-lock.json'), lock)
    return await copyWorkspace(installation.scratch, draft, owner)
  } finally {
    await removeTree(draft)
  }
}

const QUIETLY = ['--ignore-scripts', '--no-bin-links', '--no-audit', '--no-fund', '--no-update-notifier']

async function fetchInSandbox(
  toolbox: Toolbox,
  workspace: CopiedWorkspace,
  signal: AbortSignal,
): Promise<Result<void>> {
  const drivers = toolbox.drivers(undefined)
  if (!drivers.ok) return drivers
  const refusals: Refusal[] = []
  const lane = await toolbox.openLane(['npm'], (refusal) => refusals.push(refusal))
  const said: string[] = []
  try {
    const started = await drivers.value[0].start({
      ...taskCommand('prepare', toolbox.runtime, ['npm', 'install', ...QUIETLY]),
      id: newId('sbx', toolbox.random),
      workspace: { source: workspace.path, target: '/workspace', writable: 'all' },
      limits: hostLimits(),
      socketDirectory: lane.directory,
      onOutput: (_, chunk) => {
        if (said.length < 200) said.push(Buffer.from(chunk).toString('utf8').slice(0, 2_000))
      },
    })
    if (!started.ok) return started
    const kill = () => void started.value.kill()
    if (signal.aborted) kill()
    signal.addEventListener('abort', kill, { once: true })
    const ending = await started.value.ended()
    signal.removeEventListener('abort', kill)
    if (ending.cause === 'exited' && ending.exitCode === 0) return ok(undefined)
    return refused(notFetched(ending.exitCode, said.join(''), refusals))
  } finally {
    await lane.close()
  }
}

/**
 * Bytes from the sandbox: bounded, and believed only where every package is fixed. What calls itself the known version is
 * held to the shipped lock by whatever tag the registry led there; an exact version is that one and no other.
 */
async function lockedIn(
  workspace: CopiedWorkspace,
  { known, version: asked, shipped }: Pick<PackageRequest, 'known' | 'version' | 'shipped'>,
): Promise<Result<{ readonly text: string; readonly version: string }>> {
  const path = join(workspace.path, 'package-lock.json')
  const found = await lstat(path).catch(() => undefined)
  const text = found?.isFile() && found.size < LARGEST_LOCK ? await readFile(path, 'utf8') : ''
  const packages = readLock(text)
  const version = packages?.get(`node_modules/${known.npm}`)?.version
  if (packages === undefined || version === undefined || !VERSION.test(version))
    return refused(unlocked(known.name))
  const held = version === known.version ? shipped : undefined
  const isOther = EXACT.test(asked) && version !== asked
  if (isOther || (held !== undefined && !keeps(readLock(held), packages)))
    return refused(unlocked(known.name))
  return ok({ text, version })
}

const EXACT = /^\d+\.\d+\.\d+/

const LARGEST_LOCK = 4 * 1024 * 1024

async function place(
  shelf: PackageShelf,
  entry: Parameters<typeof folderOf>[0],
  { programs }: AgentPackage,
  workspace: CopiedWorkspace,
  lock: string,
): Promise<Result<string>> {
  const modules = join(workspace.path, 'node_modules')
  const program = await firstFile(modules, programs)
  if (program === undefined) return refused(noProgram(entry.name, entry.version))
  const directory = await stageOnce(shelf.directory, folderOf(entry), async (draft) => {
    const copying = [
      '-R',
      '-P',
      '--reflink=auto',
      '--preserve=mode',
      '--',
      modules,
      join(draft, 'node_modules'),
    ]
    await hostProgram('cp', copying)
    await symlink(join('node_modules', program), join(draft, 'program'))
    await writeFile(join(draft, 'package-lock.json'), lock)
  })
  return ok(directory)
}

async function firstFile(directory: string, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    const found = await lstat(join(directory, path)).catch(() => undefined)
    if (found?.isFile()) return path
  }
  return undefined
}

function unknownPackage(name: string): Failure {
  return {
    code: 'unknown_agent',
    message: `There is no agent ${name} to install.`,
    remedy: `Use one of: ${AGENT_PACKAGES.map((known) => known.name).join(', ')}.`,
  }
}

function badVersion(version: string): Failure {
  return {
    code: 'invalid_input',
    message: `${JSON.stringify(version)} is no version.`,
    remedy: 'Give an exact version, such as codex@0.169.0, or a tag, such as codex@latest.',
  }
}

function notFetched(exitCode: number, said: string, refusals: readonly Refusal[]): Failure {
  const refusal = refusals.at(-1)
  const remedy =
    exitCode === 127
      ? 'Install npm where the sandboxes find it: below /usr of this host, or in their image.'
      : (refusal?.remedy ?? 'See that this host reaches the npm registry (docs/agents.md), then try again.')
  return {
    code: 'setup_failed',
    rule: 'agent.fetch',
    message: `npm could not fetch the agent (exit code ${exitCode}).`,
    remedy,
    details: {
      output: said.split('\n').slice(-15),
      ...(refusal === undefined ? {} : { refused: refusal.what }),
    },
  }
}

function unlocked(name: string): Failure {
  return {
    code: 'verification_failed',
    rule: 'agent.integrity',
    message: `What npm fetched for ${name} is not what its lock file fixes by SHA-512.`,
    remedy: 'Try again; if it happens again, the registry or its mirror serves something else.',
  }
}

function noProgram(name: string, version: string): Failure {
  return {
    code: 'setup_failed',
    rule: 'agent.program',
    message: `${name} ${version} holds no program for this machine that Airlock knows of.`,
    remedy: `Install the known version: airlock agents install ${name}`,
  }
}
