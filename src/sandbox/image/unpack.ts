import { chmod, chown, mkdir, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Failure } from '#kernel/failure.ts'
import { newId, type RandomBytes } from '#kernel/ids.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ETC_FILES } from '../bubblewrap/etc-files.ts'
import type { SandboxDriver, SandboxEnding } from '../driver.ts'
import type { UnpackOrder } from '../guest/image/main.ts'
import type { GuestRuntime } from '../guest-runtime.ts'
import type { HostUser } from '../host-user.ts'
import { DEFAULT_LIMITS, type Limits } from '../limits.ts'
import { hostProgram } from '../workspace/host-program.ts'
import { ownedDirectory } from '../workspace/shelf.ts'
import { examineTree, type TreeFacts } from './tree.ts'

/** In what images are unpacked. */
export interface UnpackPlace {
  readonly driver: SandboxDriver
  readonly runtime: GuestRuntime
  /** The sandboxes' user must be able to reach it. */
  readonly scratchDirectory: string
  /** Whose the sandboxes' files are, when the server is root. */
  readonly owner?: HostUser
  readonly random: RandomBytes
  readonly limits?: Partial<UnpackLimits>
  /** Ends an unpacking under way. */
  readonly signal?: AbortSignal
}

/** An image that holds more is refused. */
export interface UnpackLimits {
  readonly entries: number
  readonly bytes: number
  readonly seconds: number
}

const GiB = 1024 ** 3
export const UNPACK_LIMITS: UnpackLimits = { entries: 500_000, bytes: 16 * GiB, seconds: 1_800 }

/** A directory for one unpacking: `layers/` for what is to be unpacked, `root/` for what comes of it. */
export interface Bench {
  readonly path: string
  readonly layers: string
  readonly root: string
}

/** Makes a bench, lends it, and removes it with whatever is still on it. */
export async function onBench<Made>(
  { scratchDirectory, owner }: UnpackPlace,
  work: (bench: Bench) => Promise<Made>,
): Promise<Made> {
  await ownedDirectory(scratchDirectory, owner)
  const path = await mkdtemp(join(scratchDirectory, 'image-'))
  try {
    await chmod(path, 0o711)
    const bench = { path, layers: join(path, 'layers'), root: join(path, 'root') }
    await mkdir(bench.layers, { mode: 0o755 })
    await mkdir(bench.root, { mode: 0o755 })
    if (owner !== undefined) await chown(bench.root, owner.uid, owner.gid)
    return await work(bench)
  } finally {
    await hostProgram('rm', ['-rf', '--', path])
  }
}

/**
 * Unpacks the layers of a bench, files of these names, in a sandbox without network that sees nothing else; then looks at
 * what came of it, and takes it away from the sandboxes' user. `image` makes the places of Airlock's own /etc.
 */
export async function unpack(
  place: UnpackPlace,
  bench: Bench,
  layers: readonly { readonly name: string; readonly diffId?: string }[],
  kind: 'image' | 'archive',
): Promise<Result<TreeFacts>> {
  const limits = { ...UNPACK_LIMITS, ...place.limits }
  const order: UnpackOrder = {
    layers: layers.map(({ name, ...more }) => ({ file: `/srv/layers/${name}`, ...more })),
    root: '/workspace',
    entries: limits.entries,
    bytes: limits.bytes,
    places: kind === 'image' ? Object.keys(ETC_FILES).map((name) => `etc/${name}`) : [],
  }
  const done = await runUnpacker(place, bench, order, limits)
  if (!done.ok) return done
  const facts = await examineTree(bench.root, { entries: limits.entries + 1_000, bytes: limits.bytes })
  if (facts === undefined) return refused(unsafe('it holds what no unpacking makes'))
  const own = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
  if (place.owner !== undefined) await hostProgram('chown', ['-hR', own, '--', bench.root])
  await chmod(bench.root, 0o755) // its own mode was the sandbox's to set
  return ok(facts)
}

const Report = z.union([z.strictObject({ leftOut: z.int() }), z.strictObject({ refused: z.string() })])

async function runUnpacker(
  { driver, runtime, random, signal }: UnpackPlace,
  { layers, root }: Bench,
  order: UnpackOrder,
  { entries, bytes, seconds }: UnpackLimits,
): Promise<Result<void>> {
  const output: Buffer[] = []
  const started = await driver.start({
    id: newId('sbx', random),
    phase: 'check',
    command: [runtime.node, `${runtime.guest}/src/sandbox/guest/image/main.ts`],
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
    workspace: { source: root, target: '/workspace', writable: 'all' },
    mounts: [...runtime.mounts, { source: layers, target: '/srv/layers' }],
    limits: { ...ROOM, seconds, workspaceDisk: bytes, fileSize: bytes, workspaceFiles: entries + 1_000 },
    input: Buffer.from(JSON.stringify(order)),
    onOutput: (stream, chunk) => {
      if (stream === 'stdout') output.push(Buffer.from(chunk))
    },
  })
  if (!started.ok) return started
  const stop = () => void started.value.kill()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  const ending = await started.value.ended()
  signal?.removeEventListener('abort', stop)
  const report = reportIn(Buffer.concat(output))
  if (ending.cause !== 'exited' || ending.exitCode !== 0 || report === undefined)
    return refused(endedBadly(ending))
  if (!('refused' in report)) return ok(undefined)
  const full = /^E(?:NOSPC|DQUOT):/.test(report.refused)
  return refused(full ? DISK_FULL : unsafe(report.refused.slice(0, 500)))
}

const ROOM: Limits = {
  ...DEFAULT_LIMITS,
  memory: 2 * GiB,
  processes: 64,
  openFiles: 256,
  outputBytes: 64 * 1024,
}

function reportIn(output: Buffer): z.infer<typeof Report> | undefined {
  try {
    return Report.safeParse(JSON.parse(output.toString('utf8'))).data
  } catch {
    return undefined
  }
}

function unsafe(why: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.unpack',
    message: `The image was not unpacked: ${why}.`,
    remedy: 'Choose another image, or build this one anew.',
  }
}

const DISK_FULL: Failure = {
  code: 'disk_full',
  message: 'The disk is full.',
  remedy: 'Free some space (`airlock image list` shows what images take), then try again.',
}

const TOO_MUCH: Partial<Record<SandboxEnding['cause'], string>> = {
  out_of_memory: 'it took more memory than unpacking may',
  disk_exhausted: 'it is larger than may be unpacked',
  timed_out: 'it took longer than unpacking may',
}

function endedBadly({ cause, exitCode, detail }: SandboxEnding): Failure {
  const why = TOO_MUCH[cause]
  if (why !== undefined) return unsafe(why)
  return {
    code: 'sandbox_failed',
    rule: 'image.unpack',
    message: 'The sandbox that was to unpack the image did not do so.',
    remedy: 'Run `airlock doctor`, then try again.',
    details: { cause, exitCode, ...(detail === undefined ? {} : { detail }) },
  }
}
