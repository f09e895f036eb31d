/**
 * Every benchmark in turn, and one table of what they found. Machines are noisy: the ratios are taken within one run,
 * against a peer that met the same noise; compare those, not milliseconds.
 *
 *     npm run bench
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Row, tableOf } from './rig/table.ts'

const BENCHMARKS = [
  'sandbox-start.ts',
  'sandbox-crowd.ts',
  'container-start.ts',
  'gateway.ts',
  'task-overhead.ts',
  'decide.ts',
  'listing.ts',
  'sign-in.ts',
  'command-guard.ts',
  'text-guards.ts',
  'code-scan.ts',
]

const rows: Row[] = []
const broken: string[] = []
for (const name of BENCHMARKS) {
  console.log(`\n${name}`)
  const child = fork(join(import.meta.dirname, name))
  child.on('message', (row) => rows.push(row as Row))
  const [code] = await once(child, 'close')
  if (code !== 0) broken.push(name)
}
console.log(`\n${tableOf(rows)}`)
for (const name of broken) console.log(`${name} did not come to its end`)
process.exitCode = broken.length === 0 ? 0 : 1
