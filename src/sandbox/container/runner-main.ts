/**
 * The process that holds the container engine's socket, apart from the server; docs/sandbox-drivers.md says how to run it:
 *
 *     node src/sandbox/container/runner-main.ts --engine unix:///run/podman/podman.sock --socket /run/airlock-runner.sock
 *       --installation ID --user UID:GID --writable DIR… --readable DIR… [--image NAME] [--runtime runc] [--for UID:GID]
 */
import { parseArgs } from 'node:util'
import { type Failure, failureOf } from '#kernel/failure.ts'
import { startRunner } from './runner.ts'
import { readRunnerArguments } from './runner-arguments.ts'

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    socket: { type: 'string' },
    installation: { type: 'string' },
    user: { type: 'string' },
    for: { type: 'string' },
    writable: { type: 'string', multiple: true },
    readable: { type: 'string', multiple: true },
    directory: { type: 'string' },
    image: { type: 'string' },
    runtime: { type: 'string' },
  },
})
const read = readRunnerArguments(values)
if (!read.ok) stop(64, read.failure)
const { options, listen } = read.value
const runner = await startRunner({ ...options, stopwatch: () => performance.now() }, listen).catch((error) =>
  stop(1, failureOf(error)),
)
process.stdout.write(`listening on ${listen.socket}\n`)
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void runner.close().finally(() => process.exit(0)))

function stop(code: number, { message, remedy, details }: Failure): never {
  process.stderr.write(`runner: ${[message, details?.cause, remedy].filter(Boolean).join(' ')}\n`)
  process.exit(code)
}
