import { spawn } from 'node:child_process'

/** The unprivileged system user the database runs as. PostgreSQL refuses to run as root. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

export interface Ended {
  /** -1 when the program could not be started. */
  readonly code: number
  readonly output: string
}

/** Everything a PostgreSQL program is told of our environment: nothing a caller's shell could have set. */
export const ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } as const

/** Runs a short program to its end and keeps what it printed, on either stream. Never rejects. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly account?: Account | undefined; readonly directory?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(program, args, {
      ...options.account,
      cwd: options.directory ?? '/',
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-16_384)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => resolve({ code: -1, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? -1, output: output.trim() }))
  })
}
