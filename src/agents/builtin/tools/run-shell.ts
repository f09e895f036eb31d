import { spawn } from 'node:child_process'

export interface ShellEnding {
  readonly exitCode: number | undefined
  readonly timedOut: boolean
  readonly seconds: number
  /** Standard output and error as they came, the middle cut out when it is long. */
  readonly output: string
}

const KEPT_AT_EACH_END = 15_000

/**
 * Runs `bash -c` in a directory and a process group of its own, with no input. Ends when the shell ends, is timed out
 * or the signal comes; the whole group is killed for the last two. Never rejects.
 */
export function runShell(
  command: string,
  options: { directory: string; seconds: number; signal: AbortSignal },
): Promise<ShellEnding> {
  const started = performance.now()
  return new Promise((resolve) => {
    const output = new Ends()
    const child = spawn('bash', ['-c', command], {
      cwd: options.directory,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let timedOut = false
    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // The group is gone already.
      }
    }
    const timer = setTimeout(() => {
      timedOut = true
      kill()
    }, options.seconds * 1_000)
    options.signal.addEventListener('abort', kill)
    const settle = (exitCode: number | undefined) => {
      clearTimeout(timer)
      options.signal.removeEventListener('abort', kill)
      // A background job may hold the pipes open for as long as it likes.
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ exitCode, timedOut, seconds: (performance.now() - started) / 1_000, output: output.text() })
    }
    child.stdout.on('data', (chunk: Buffer) => output.add(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.add(chunk))
    child.on('error', (error) => {
      output.add(Buffer.from(error.message))
      settle(undefined)
    })
    child.on('exit', (code) => {
      const grace = setTimeout(() => settle(code ?? undefined), 300)
      child.on('close', () => {
        clearTimeout(grace)
        settle(code ?? undefined)
      })
    })
    if (options.signal.aborted) kill()
  })
}

/** Keeps the first and the last bytes of a stream. */
class Ends {
  #head = Buffer.alloc(0)
  #tail = Buffer.alloc(0)
  #total = 0

  add(chunk: Buffer): void {
    this.#total += chunk.length
    const room = KEPT_AT_EACH_END - this.#head.length
    if (room > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)])
    if (chunk.length > room)
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(Math.max(room, 0))]).subarray(-KEPT_AT_EACH_END)
  }

  text(): string {
    const cut = this.#total - this.#head.length - this.#tail.length
    const middle = cut > 0 ? `\n[… ${cut} bytes left out …]\n` : ''
    return this.#head.toString('utf8') + middle + this.#tail.toString('utf8')
  }
}
