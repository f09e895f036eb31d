import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { cleanTree } from '#forge/clean-tree.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { ignoreRulesOf } from '#forge/ignore-rules.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import type { SandboxDriver } from '#sandbox/driver.ts'
import type { HostUser } from '#sandbox/host-user.ts'
import { importResult } from '#sandbox/import-result.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { createWorkspaces, type Workspace, type Workspaces } from '#sandbox/workspace/workspaces.ts'
import { type GitFixture, gitFixture } from '#test/support/git-fixture.ts'

export const OWNER: HostUser | undefined =
  process.geteuid?.() === 0 ? { uid: 1_900_000_011, gid: 1_900_000_011 } : undefined
export const MiB = 1024 * 1024
export const LIMITS = { ...DEFAULT_LIMITS, memory: 1024 * MiB, seconds: 120 }

let seed = 0
export const random: RandomBytes = (size) => {
  seed += 1
  return Buffer.alloc(size, 0).fill(`${seed}.`)
}

export async function root(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-workspace-'))
  await chmod(directory, 0o711)
  onTestFinished(() => {
    execFileSync('chmod', ['-R', 'u+rwX', directory]) // the driver's staged files are read-only
    return rm(directory, { recursive: true, force: true })
  })
  return directory
}

export async function workspacesIn(directory: string, method?: 'overlay' | 'copy'): Promise<Workspaces> {
  const workspaces = await createWorkspaces({
    directory: join(directory, 'workspaces'),
    random,
    ...(OWNER === undefined ? {} : { owner: OWNER }),
    ...(method === undefined ? {} : { method }),
  })
  onTestFinished(() => workspaces.close())
  return workspaces
}

export interface ImportRig {
  readonly repository: TrustedRepository
  readonly workspace: Workspace
  readonly workspaces: Workspaces
  readonly driver: SandboxDriver
  readonly base: string
  readonly scratch: string
  /** Runs a shell script as the agent would: inside, in the workspace. */
  agent(script: string): Promise<void>
  /** Imports, adopts and cleans; tells the paths that differ and what was undone. */
  take(signal?: AbortSignal): Promise<{ changed: Record<string, string>; undone: Record<string, string> }>
}

/** From a source repository to a workspace an agent may work in, all parts real. */
export async function importRig(make: (source: GitFixture) => void): Promise<ImportRig> {
  const source = gitFixture()
  make(source)
  const base = source.commit('base')
  const directory = await root()
  const repository = await openTrustedRepository(join(directory, 'trusted.git'))
  await repository.fetch({ url: source.directory })
  const workspaces = await workspacesIn(directory)
  const pristine = await workspaces.pristine(
    'base',
    async (path) => (await repository.materialise(base, path)).ok,
  )
  if (pristine === undefined) throw new Error('not materialised')
  const workspace = await workspaces.copyOf(pristine)
  const driver = createBubblewrapDriver({
    prefix: `import${process.pid}x${seed}`,
    ...(OWNER === undefined ? {} : { hostUser: OWNER }),
    stopwatch: () => performance.now(),
    scratchDirectory: join(directory, 'scratch'),
    runtimeDirectory: join(directory, 'runtime'),
  })
  onTestFinished(async () => {
    await driver.sweep()
  })
  return {
    repository,
    workspace,
    workspaces,
    driver,
    base,
    agent: (script) => runInside(driver, workspace, script),
    scratch: join(directory, 'imports'),
    async take(signal) {
      const imported = await importResult(driver, {
        workspace,
        baseTree: await repository.treeOf(base),
        ignoreRules: await ignoreRulesOf(repository, base),
        scratchDirectory: join(directory, 'imports'),
        limits: LIMITS,
        random,
        ...(signal === undefined ? {} : { signal }),
      })
      if (!imported.ok) throw new Error(JSON.stringify(imported.failure))
      const { tree, pack, undone } = imported.value
      if (pack !== undefined) {
        const adopted = await repository.adopt(pack, tree)
        if (!adopted.ok) throw new Error(JSON.stringify(adopted.failure))
      }
      const cleaned = await cleanTree(repository, base, tree)
      const changes = await repository.changes(base, cleaned.tree)
      return {
        changed: Object.fromEntries(
          changes.map((change) => [change.path, `${change.oldMode}-${change.newMode}`]),
        ),
        undone: Object.fromEntries([...undone, ...cleaned.undone].map(({ path, rule }) => [path, rule])),
      }
    },
  }
}

export async function runInside(driver: SandboxDriver, workspace: Workspace, script: string): Promise<void> {
  const words: Uint8Array[] = []
  const started = await driver.start({
    id: `sbx_test${seed++}`,
    phase: 'run',
    command: ['/bin/sh', '-ec', script],
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin', HOME: '/home/agent' },
    workspace: { source: workspace.path, target: '/workspace', writable: 'all' },
    mounts: [],
    limits: LIMITS,
    onOutput: (_, chunk) => words.push(chunk),
  })
  if (!started.ok) throw new Error(JSON.stringify(started.failure))
  const ending = await started.value.ended()
  if (ending.exitCode !== 0) throw new Error(`${JSON.stringify(ending)} ${Buffer.concat(words)}`)
}

export function owners(path: string): string {
  return execFileSync('find', [path, '-printf', '%U\n'])
    .toString()
    .split('\n')
    .filter(Boolean)
    .sort()
    .filter((uid, at, all) => uid !== all[at - 1])
    .join(' ')
}
