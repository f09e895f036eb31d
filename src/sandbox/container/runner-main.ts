/**
 * The process that holds the container engine's socket, apart from the server; docs/sandbox-drivers.md says how to run it:
 *
 *     node src/sandbox/container/runner-main.ts --engine unix:///run/podman/podman.sock --socket /run/airlock-runner.sock
 *       --installation ID --user UID:GID --writable DIR… --readable DIR… [--image NAME] [--runtime runc] [--for UID:GID]
 */
import { parseArgs } from 'node:util'
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
if (!read.ok) {
  process.stderr.write(`runner: ${read.failure.message}\n`)
  process.exit(64)
}
const runner = await startRunner({ ...read.value.options, clock: Date.now }, read.value.listen)
process.stdout.write(`listening on ${read.value.listen.socket}\n`)
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => void runner.close().finally(() => process.exit(0)))
