/**
 * A server that starts three sandboxes and then waits to be killed. Arguments: prefix, root, a workspace, and `uid:gid`
 * of the sandboxes or `self`.
 */
import { join } from 'node:path'
import { createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import { specOf } from '#test/port-suites/sandbox-specs.ts'

const [prefix = '', root = '', workspace = '', user = 'self', script = 'sleep 1000'] = process.argv.slice(2)
const [uid = 0, gid = 0] = user.split(':').map(Number)
const driver = createBubblewrapDriver({
  prefix,
  ...(user === 'self' ? {} : { hostUser: { uid, gid } }),
  stopwatch: () => performance.now(),
  scratchDirectory: join(root, 'scratch'),
  runtimeDirectory: join(root, 'runtime'),
})
for (let index = 0; index < 3; index++) {
  const started = await driver.start({
    ...specOf(workspace, ['sh', '-c', script]),
    onOutput: (_stream, chunk) => process.stdout.write(chunk),
  })
  if (!started.ok) throw new Error(started.failure.message)
}
process.stdout.write('ready\n')
setInterval(() => {}, 1000)
