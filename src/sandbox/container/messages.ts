import { z } from 'zod'
import { FAILURE_CODES } from '#kernel/failure.ts'

const Text = z.string().max(131_072)
const Path = z.string().max(4_096)
const Amount = z.number().positive().max(Number.MAX_SAFE_INTEGER)
const Mount = z.strictObject({ source: Path, target: Path })

/** A spec of ../driver.ts as it crosses the socket. Strict: a field that is not here is refused by its name. */
export const RunnerSpec = z.strictObject({
  id: z.string().max(64),
  phase: z.enum(['prepare', 'run', 'check']),
  command: z.tuple([Text], Text),
  workingDirectory: Path,
  environment: z.record(z.string().max(256), Text),
  workspace: z.strictObject({
    source: Path,
    target: z.literal('/workspace'),
    writable: z.union([z.enum(['all', 'none']), z.array(Path).max(1_000)]),
  }),
  mounts: z.array(Mount).max(100),
  writableMount: Mount.exactOptional(),
  socketDirectory: Path.exactOptional(),
  imageRoot: Path.exactOptional(),
  limits: z.strictObject({
    memory: Amount,
    cpus: Amount,
    processes: Amount,
    openFiles: Amount,
    fileSize: Amount,
    workspaceDisk: Amount,
    workspaceFiles: Amount,
    seconds: Amount,
    outputBytes: Amount,
  }),
})
export type RunnerSpec = z.infer<typeof RunnerSpec>

/** What a runner's sandboxes stand on; proven by one of them. */
export const Footing = z.strictObject({
  engine: z.string(),
  runtime: z.string(),
  /** The digest of the image, whatever name led to it. */
  image: z.string(),
})
export type Footing = z.infer<typeof Footing>

/** What a server may ask of a runner: one question for each connection, `kill` only after its own `start`. */
export const Question = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('probe') }),
  z.strictObject({ ask: z.literal('sweep') }),
  z.strictObject({
    ask: z.literal('start'),
    spec: RunnerSpec,
    /** Start it on this, or not at all. */
    footing: Footing.exactOptional(),
  }),
  z.strictObject({ ask: z.literal('kill') }),
])
export type Question = z.infer<typeof Question>

const Failure = z.strictObject({
  code: z.enum(FAILURE_CODES),
  message: z.string(),
  rule: z.string().exactOptional(),
  remedy: z.string().exactOptional(),
  details: z.record(z.string(), z.unknown()).exactOptional(),
})

const Ending = z.strictObject({
  cause: z.enum([
    'exited',
    'killed',
    'timed_out',
    'out_of_memory',
    'disk_exhausted',
    'output_exhausted',
    'failed_to_start',
  ]),
  exitCode: z.int(),
  seconds: z.number(),
  outputBytes: z.int(),
  outputCut: z.boolean(),
  enforcement: z.enum(['cgroup', 'rlimit']),
  detail: z.string().exactOptional(),
})

export const Answer = z.discriminatedUnion('tell', [
  z.strictObject({ tell: z.literal('probed'), footing: Footing }),
  z.strictObject({ tell: z.literal('swept'), removed: z.array(z.string()) }),
  z.strictObject({ tell: z.literal('started') }),
  z.strictObject({ tell: z.literal('ended'), ending: Ending }),
  z.strictObject({ tell: z.literal('refused'), failure: Failure }),
])
export type Answer = z.infer<typeof Answer>
