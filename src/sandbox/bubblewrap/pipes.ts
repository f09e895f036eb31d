import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AirlockError, type Failure } from '#kernel/failure.ts'

/** Both ends as descriptors, each opened on its own, so that one may be non-blocking and the other not. */
export interface Pipe {
  readonly read: number
  readonly write: number
}

/** What one sandbox is joined to the host by. */
export interface Joints {
  readonly input: Pipe
  readonly stdout: Pipe
  readonly stderr: Pipe
  /**
   * Both ends of one pipe in one descriptor, for the gate at which bwrap waits. Who waits at it holds the writing end
   * as well, so that a server which dies never opens it: an end of file would.
   */
  readonly gate: number
}

export function descriptorsOf({ input, stdout, stderr, gate }: Joints): readonly number[] {
  return [input.read, input.write, stdout.read, stdout.write, stderr.read, stderr.write, gate]
}

const BATCH = 8
const LOW = 2
const PIPES = 3

/**
 * Real pipes. Node joins children by pairs of sockets, and on a socket `echo > /dev/stderr` fails with ENXIO, which
 * breaks many a shell script. They are made ahead in batches, opened and unlinked: nothing is left on disk, and no
 * inode serves two sandboxes.
 */
export class PipeStore {
  readonly #directory: string
  readonly #ready: Joints[] = []
  #refilling: Promise<void> | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  async take(): Promise<Joints> {
    for (;;) {
      const taken = this.#ready.shift()
      if (this.#ready.length < LOW) {
        const refilling = this.#refill()
        if (taken === undefined) await refilling
        else refilling.catch(() => {}) // the next one to need them will hear of it
      }
      if (taken !== undefined) return taken
    }
  }

  #refill(): Promise<void> {
    this.#refilling ??= makeJoints(this.#directory)
      .then((made) => {
        this.#ready.push(...made)
      })
      .finally(() => {
        this.#refilling = undefined
      })
    return this.#refilling
  }
}

async function makeJoints(parent: string): Promise<Joints[]> {
  const directory = await mkdtemp(join(parent, 'pipes-'))
  // A server that has no descriptors left must not lose more of them by trying.
  const opened: number[] = []
  try {
    const paths = Array.from({ length: BATCH * (PIPES + 1) }, (_, index) => join(directory, `${index}`))
    await run('mkfifo', ['-m', '0666', ...paths])
    const open = (path: string, flags: number) => {
      const descriptor = openSync(path, flags)
      opened.push(descriptor)
      return descriptor
    }
    return Array.from({ length: BATCH }, (_, index) => {
      const [input = '', stdout = '', stderr = '', gate = ''] = paths.slice(index * (PIPES + 1))
      return {
        input: openPipe(input, open),
        stdout: openPipe(stdout, open),
        stderr: openPipe(stderr, open),
        gate: open(gate, constants.O_RDWR),
      }
    })
  } catch (fault) {
    for (const descriptor of opened) closeSync(descriptor)
    throw fault
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Opening one end of a FIFO waits for the other; an end that serves as both lets either be opened at once. */
function openPipe(path: string, open: (path: string, flags: number) => number): Pipe {
  const both = openSync(path, constants.O_RDWR)
  try {
    return { write: open(path, constants.O_WRONLY), read: open(path, constants.O_RDONLY) }
  } finally {
    closeSync(both)
  }
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { PATH: '/usr/bin:/bin' }, stdio: 'ignore' })
    const fail = (cause?: unknown) => reject(new AirlockError(noPipes(command, args.at(-1) ?? ''), { cause }))
    child.once('error', fail)
    child.once('close', (code) => (code === 0 ? resolve() : fail()))
  })
}

function noPipes(command: string, path: string): Failure {
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.host',
    message: `The pipes of a sandbox could not be made: ${command} failed.`,
    remedy: `See that the file system of ${dirname(dirname(path))} has room, inodes included, and can be written; then retry.`,
  }
}
