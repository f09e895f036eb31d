import type { NotScanned } from '#guards/code-scan/suppression.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { SandboxEnding } from '#sandbox/driver.ts'
import type { ChangedName } from '#sandbox/guest/scan-change.ts'
import { DEFAULT_LIMITS, type Limits } from '#sandbox/limits.ts'
import { type ShownFiles, showFiles } from '#sandbox/shown-files.ts'
import type { Workspaces } from '#sandbox/workspace/workspaces.ts'
import type { ChangedContent } from './changed-contents.ts'
import { sandboxed } from './sandboxed.ts'
import { type ScanAnswer, scanAnswers } from './scan-answer.ts'
import type { Workshop } from './workshop.ts'

/** The little of a task that a scan is given. */
export interface ScanContext {
  readonly workshop: Pick<
    Workshop,
    'driver' | 'random' | 'runtime' | 'stopwatch' | 'scratchDirectory' | 'limits' | 'mayJudge' | 'onProblem'
  > & {
    readonly workspaces: Pick<Workspaces, 'owner'>
  }
  readonly signal: AbortSignal
}

/** How long a scan may take. */
export interface ScanPatience {
  /** By the stopwatch; after that nothing is looked at. */
  readonly until: number
  readonly secondsPerFile: number
}

/** A file that is there after the change. */
export type ScannedContent = ChangedContent & { readonly after: Uint8Array }

const MiB = 1024 * 1024
const ROOM: Limits = {
  ...DEFAULT_LIMITS,
  memory: 2048 * MiB,
  cpus: 1,
  processes: 64,
  openFiles: 256,
  outputBytes: 16 * MiB,
}
/** So many files may break the scanner; after that nobody looks at the rest. */
const MOST_STARTS = 8

/**
 * Scans files of a patch in a sandbox without network that sees nothing else: the parsers are native code, and what they read is
 * hostile. Gives for each file what was said of it, or why nothing was: one that breaks the scanner or keeps it too long is named, and the
 * others are scanned in another sandbox. Refuses when no sandbox starts, and when the rules of the guards do not hold.
 */
export async function scanInSandbox(
  context: ScanContext,
  files: readonly ScannedContent[],
  patience: ScanPatience,
): Promise<Result<readonly (ScanAnswer | NotScanned)[]>> {
  const { workspaces, scratchDirectory, stopwatch, mayJudge } = context.workshop
  const may = mayJudge()
  if (!may.ok) return may
  const shown = await showFiles(scratchDirectory, contentsOf(files), workspaces.owner)
  try {
    const answers: (ScanAnswer | NotScanned)[] = []
    for (let starts = 0; answers.length < files.length; starts++) {
      const seconds = Math.floor((patience.until - stopwatch()) / 1_000)
      if (starts === MOST_STARTS || seconds < 1) {
        const why: NotScanned = starts === MOST_STARTS ? 'broke_scanner' : 'too_slow'
        return ok([...answers, ...files.slice(answers.length).map(() => why)])
      }
      const left = files.slice(answers.length).map((file, index) => nameOf(file, answers.length + index))
      const said = await scanShown(context, shown, left, { ...patience, seconds })
      if (!said.ok) return said
      answers.push(...said.value)
    }
    return ok(answers)
  } finally {
    await shown.remove()
  }
}

function* contentsOf(files: readonly ScannedContent[]): Generator<readonly [string, Uint8Array]> {
  for (const [number, { before, after }] of files.entries()) {
    if (before !== undefined) yield [`${number}.before`, before]
    yield [`${number}.after`, after]
  }
}

function nameOf({ change, before }: ScannedContent, number: number): ChangedName {
  const { path, previousPath } = change
  return { number, path, previousPath, hasBefore: before !== undefined }
}

/** What one sandbox says of these files; the last word is of the one that ended it, if any did. */
async function scanShown(
  { workshop, signal }: ScanContext,
  shown: ShownFiles,
  files: readonly ChangedName[],
  { seconds, secondsPerFile }: ScanPatience & { readonly seconds: number },
): Promise<Result<readonly (ScanAnswer | NotScanned)[]>> {
  const { runtime, stopwatch } = workshop
  const output: Buffer[] = []
  let words = ''
  let begun = stopwatch()
  let tooSlow = false
  const ended = await sandboxed(
    workshop,
    {
      phase: 'check',
      command: [runtime.node, `${runtime.guest}/src/sandbox/guest/scan-change.ts`],
      workingDirectory: '/workspace',
      environment: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...runtime.environment },
      workspace: { source: shown.path, target: '/workspace', writable: 'none' },
      mounts: runtime.mounts,
      limits: { ...ROOM, memory: Math.min(ROOM.memory, workshop.limits.memory), seconds },
      input: Buffer.from(JSON.stringify(files)),
      onOutput: (stream, chunk) => {
        if (stream === 'stderr') {
          words = `${words}${Buffer.from(chunk).toString('utf8')}`.slice(0, 2_000)
          return
        }
        output.push(Buffer.from(chunk))
        if (chunk.includes(0x0a)) begun = stopwatch()
      },
    },
    signal,
    (kill) => {
      if (stopwatch() - begun < secondsPerFile * 1_000) return
      tooSlow = true
      kill()
    },
  )
  if (!ended.ok) return ended
  const { cause } = ended.value
  if (signal.aborted || cause === 'failed_to_start') return refused(notStarted(ended.value))
  const answers = scanAnswers(Buffer.concat(output), files.length)
  if (answers.length === files.length) return ok(answers)
  workshop.onProblem(
    `a scan ended at ${JSON.stringify(files[answers.length]?.path)} (${cause})`,
    JSON.stringify(words),
  )
  return ok([...answers, tooSlow || cause === 'timed_out' ? 'too_slow' : 'broke_scanner'])
}

function notStarted({ cause, detail }: SandboxEnding): Failure {
  return {
    code: 'sandbox_failed',
    rule: 'scan.sandbox',
    message: 'The sandbox in which the change is scanned did not run.',
    remedy: 'Run `airlock doctor`, then retry the task.',
    details: { cause, ...(detail === undefined ? {} : { detail }) },
  }
}
