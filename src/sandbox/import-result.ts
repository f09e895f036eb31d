import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { UndoneChange } from '#contract/patch.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { newId } from '#kernel/ids.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { SandboxDriver, SandboxSpec } from './driver.ts'
import { type Candidates, chooseCandidates, MOST_CANDIDATES } from './import-candidates.ts'
import { LIST_SCRIPT, PACK_SCRIPT, plantImportRepository } from './import-repository.ts'
import type { Limits } from './limits.ts'
import { hostProgram } from './workspace/host-program.ts'
import { ownedDirectory } from './workspace/shelf.ts'
import type { Workspace } from './workspace/workspaces.ts'

export interface ImportRequest {
  readonly workspace: Workspace
  /** The tree the workspace started from. */
  readonly baseTree: string
  /** The base commit's ignore rules as one list: ignored files are build output and stay behind. */
  readonly ignoreRules: string
  /** Where to put a repository for the moment; the sandboxes' user must be able to reach it. */
  readonly scratchDirectory: string
  readonly limits: Limits
  readonly random: RandomBytes
  readonly signal?: AbortSignal
}

/** What the workspace holds, as data. Nothing in it is trusted: the host checks the pack before it keeps it. */
export interface ImportedResult {
  readonly tree: string
  /** The objects `tree` needs beyond the base; undefined when nothing changed. */
  readonly pack?: Uint8Array
  readonly undone: readonly UndoneChange[]
}

/**
 * Reads what an agent left in its workspace. git runs in a sandbox of its own, on a repository that the agent never saw,
 * over a workspace that is read-only by now; the agent's own .git and its configuration play no part. First it lists,
 * then the host chooses what comes in, then it packs exactly that.
 */
export async function importResult(
  driver: SandboxDriver,
  request: ImportRequest,
): Promise<Result<ImportedResult>> {
  const { workspace } = request
  await ownedDirectory(request.scratchDirectory, workspace.owner)
  const scratch = await mkdtemp(join(request.scratchDirectory, 'import-'))
  try {
    await chmod(scratch, 0o711)
    await plantImportRepository(join(scratch, 'git'), workspace.owner)
    await mkdir(join(scratch, 'input'), { mode: 0o755 })
    await writeFile(join(scratch, 'input', 'exclude'), request.ignoreRules)

    const listed = await runGitInside(driver, request, scratch, LIST_SCRIPT)
    if (!listed.ok) return listed
    const candidates = chooseCandidates(listed.value)
    if (candidates === undefined) return refused(UNKNOWN_FORM)
    if (candidates.count > MOST_CANDIDATES) return refused(tooMany(candidates.count))
    if (candidates.count === 0) return ok({ tree: request.baseTree, undone: candidates.undone })

    await writeFile(join(scratch, 'input', 'deleted'), terminated(candidates.deleted))
    await writeFile(join(scratch, 'input', 'changed'), terminated(candidates.changed))
    const packed = await runGitInside(driver, request, scratch, PACK_SCRIPT)
    if (!packed.ok) return packed
    const end = packed.value.indexOf(0x0a)
    const tree = packed.value.subarray(0, Math.max(end, 0)).toString('latin1')
    return ok({ tree, pack: packed.value.subarray(end + 1), undone: candidates.undone })
  } finally {
    await hostProgram('rm', ['-rf', '--', scratch])
  }
}

const MiB = 1024 * 1024
const OUTPUT_BYTES = 128 * MiB
const SECONDS = 300

/** One script in one sandbox without network; returns what it wrote to standard output. */
async function runGitInside(
  driver: SandboxDriver,
  { workspace, baseTree, limits, random, signal }: ImportRequest,
  scratch: string,
  script: string,
): Promise<Result<Buffer>> {
  const output: Buffer[] = []
  const words: Buffer[] = []
  const spec: SandboxSpec = {
    id: newId('sbx', random),
    phase: 'check',
    command: ['/bin/sh', '-c', script],
    workingDirectory: '/workspace',
    environment: { ...ENVIRONMENT, BASE: baseTree },
    workspace: { source: workspace.path, target: '/workspace', writable: 'none' },
    mounts: [
      { source: workspace.baseObjects, target: '/srv/base-objects' },
      { source: join(scratch, 'input'), target: '/srv/import' },
    ],
    writableMount: { source: join(scratch, 'git'), target: '/srv/import.git' },
    limits: { ...limits, outputBytes: OUTPUT_BYTES, seconds: Math.min(limits.seconds, SECONDS) },
    onOutput: (stream, chunk) => (stream === 'stdout' ? output : words).push(Buffer.from(chunk)),
  }
  const started = await driver.start(spec)
  if (!started.ok) return started
  const stop = () => void started.value.kill()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  const ending = await started.value.ended()
  signal?.removeEventListener('abort', stop)
  if (ending.cause === 'exited' && ending.exitCode === 0 && !ending.outputCut)
    return ok(Buffer.concat(output))
  if (signal?.aborted) return refused({ code: 'cancelled', message: 'The import was cancelled.' })
  if (ending.cause === 'output_exhausted' || ending.outputCut) return refused(tooMuch())
  return refused({
    code: 'unsafe_entry',
    message: 'What the agent left could not be read as files of a repository.',
    rule: 'import.read',
    remedy: 'Start another attempt; the details name what stood in the way.',
    details: { cause: ending.cause, exitCode: ending.exitCode, words: readable(Buffer.concat(words)) },
  })
}

const ENVIRONMENT = {
  PATH: '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_DIR: '/srv/import.git',
  GIT_WORK_TREE: '/workspace',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_TERMINAL_PROMPT: '0',
}

function terminated(paths: Candidates['changed']): Buffer {
  return Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)]))
}

function readable(bytes: Buffer): string {
  return bytes
    .subarray(0, 4_000)
    .toString('utf8')
    .replaceAll(/[^\P{C}\n]/gu, '')
    .slice(0, 1_000)
}

const UNKNOWN_FORM = {
  code: 'unsafe_entry',
  message: 'What the agent left was listed in an unknown form, and nothing of it was taken.',
  rule: 'import.list',
  remedy: 'Start another attempt.',
} as const

function tooMany(count: number) {
  return {
    code: 'patch_too_large',
    message: `The agent left ${count} changed files; an import takes ${MOST_CANDIDATES}.`,
    rule: 'import.files',
    remedy: 'Have the repository ignore the directory that a tool fills, or narrow the task.',
    details: { files: count, limit: MOST_CANDIDATES },
  } as const
}

function tooMuch() {
  return {
    code: 'patch_too_large',
    message: `What the agent changed is larger than ${OUTPUT_BYTES} bytes.`,
    rule: 'import.size',
    remedy: 'Have the repository ignore what tools make, or split the task.',
    details: { limit: OUTPUT_BYTES },
  } as const
}
