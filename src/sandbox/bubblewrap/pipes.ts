import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AirlockError, type Failure } from '#kernel/failure.ts'

/** Both ends as descriptors, each opened on its own, so that one may be non-blocking and the other not. */
export interface Pipe {
  readonly read: number
  readonly write: number
}

const BATCH = 24
const LOW = 6

/**
 * Real pipes. Node joins children by pairs of sockets, and on a socket `echo > /dev/stderr` fails with ENXIO, which
 * breaks many a shell script. They are made ahead in batches, opened and unlinked: nothing is left on disk, and no
 * inode serves two sandboxes.
 */
export class PipeStore {
  readonly #directory: string
  readonly #pipes: Pipe[] = []
  #refilling: Promise<void> | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  async take(count: number): Promise<Pipe[]> {
    while (this.#pipes.length < count) await this.#refill()
    const taken = this.#pipes.splice(0, count)
    if (this.#pipes.length < LOW) this.#refill().catch(() => {}) // the next one to need them will hear of it
    return taken
  }

  #refill(): Promise<void> {
    this.#refilling ??= makePipes(this.#directory, BATCH)
      .then((pipes) => {
        this.#pipes.push(...pipes)
      })
      .finally(() => {
        this.#refilling = undefined
      })
    return this.#refilling
  }
}

async function makePipes(parent: string, count: number): Promise<Pipe[]> {
  const directory = await mkdtemp(join(parent, 'pipes-'))
  try {
    const paths = Array.from({ length: count }, (_, index) => join(directory, `${index}`))
    await run('mkfifo', ['-m', '0666', ...paths])
    return paths.map(openPipe)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Opening one end of a FIFO waits for the other; a non-blocking reader that is closed again serves as the other. */
function openPipe(path: string): Pipe {
  const helper = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  const read = openSync(path, constants.O_RDONLY)
  closeSync(helper)
  rmSync(path)
  return { read, write }
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
