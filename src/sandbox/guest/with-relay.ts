/**
 * Runs inside a sandbox, where the only network is `lo`:
 *
 *     node with-relay.ts -- command arguments…
 *
 * Opens 127.0.0.1:3128 and 127.0.0.1:4010 as doors to the gateway's two sockets, as far as these exist, runs the
 * command, and ends with its exit code. One program for this very Node runs in this process, which saves a start.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { constants } from 'node:os'

const RELAYS = [
  { port: 3128, socket: '/run/airlock/egress.sock' },
  { port: 4010, socket: '/run/airlock/model.sock' },
]

const [command, ...args] = process.argv.slice(process.argv.indexOf('--') + 1)
if (!process.argv.includes('--') || command === undefined)
  fail(64, 'usage: with-relay.ts -- command arguments…')
// Node has read it by now; it is about Airlock's own programs and nobody else's.
delete process.env.NODE_COMPILE_CACHE
await Promise.all(RELAYS.filter(({ socket }) => existsSync(socket)).map(listen))
if (command === process.execPath && args.length === 1) await import(args[0] ?? '')
else run(command, args)

function listen({ port, socket }: (typeof RELAYS)[number]): Promise<void> {
  return new Promise((resolve) => {
    const server = createServer({ allowHalfOpen: true }, (near) => join(near, socket))
    server.on('error', (error) => fail(69, `cannot listen on port ${port}: ${error.message}`))
    server.listen(port, '127.0.0.1', resolve)
    server.unref()
  })
}

/** Each half closes on its own, so that a request whose sender has finished still gets its answer. */
function join(near: Socket, path: string): void {
  const far = connect({ path, allowHalfOpen: true })
  near.pipe(far)
  far.pipe(near)
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroySoon())
  }
}

function run(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { stdio: 'inherit' })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail('code' in error && error.code === 'ENOENT' ? 127 : 126, error.message))
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
  })
}

function fail(code: number, message: string): never {
  process.stderr.write(`with-relay: ${message}\n`)
  process.exit(code)
}
