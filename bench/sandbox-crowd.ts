/**
 * Many sandboxes at once, each with a small tree of processes: how long until all of them have said their first word,
 * what each takes of memory, and how long after the kill until nothing of them is left. The same with bare bwrap, which
 * has neither limits nor cgroups. Aim: 100 are gone in less than a second.
 *
 *     node bench/sandbox-crowd.ts
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { type BubblewrapBench, bubblewrapBench, startBare } from './rig/bubblewrap.ts'
import { report } from './rig/table.ts'

const SIZES = [1, 50, 100]
const AIM_MILLISECONDS = 1_000
/** Seven processes with bwrap's own two; one of them leaves its session. */
const TREE = ['sh', '-c', 'sleep 997 & (setsid sleep 997 &) ; sh -c "sleep 997 & echo ready; wait"']

interface Crowd {
  /** Resolves when all have said their word. */
  readonly ready: Promise<unknown>
  /** Resolves when nothing is left. */
  killAll(): Promise<unknown>
}

const bench = await bubblewrapBench()
let count = 0
try {
  await measure(1, () => ourCrowd(bench, 1)) // finds and makes what every start needs
  for (const size of SIZES) {
    const bare = await measure(size, () => bareCrowd(bench, size))
    const ours = await measure(size, () => ourCrowd(bench, size))
    for (const [name, { ready, memory, gone }] of Object.entries({ 'bare bwrap': bare, driver: ours }))
      console.log(
        `${`${size}`.padStart(3)} × ${name.padEnd(10)}  all ready ${ready.toFixed(0).padStart(5)} ms   ${memory.toFixed(2)} MiB each   gone ${gone.toFixed(0).padStart(4)} ms after the kill`,
      )
    if (size < 100) continue
    report({
      what: '100 sandboxes, kill until all are gone',
      ratio: ours.gone / AIM_MILLISECONDS,
      to: 'one second',
      aim: 'below 1',
      met: ours.gone < AIM_MILLISECONDS,
    })
    const aim = 1.5
    const ratio = ours.ready / bare.ready
    report({
      what: '100 sandboxes, until all are ready',
      ratio,
      to: 'bare bwrap',
      aim: `at most ${aim}`,
      met: ratio <= aim,
    })
  }
} finally {
  await bench.close()
}

async function measure(size: number, start: () => Crowd) {
  const began = performance.now()
  const crowd = start()
  await crowd.ready
  const ready = performance.now() - began
  const memory = proportionalMemory() / size
  const killed = performance.now()
  await crowd.killAll()
  while (sleepers() > 0) await new Promise((resolve) => setTimeout(resolve, 2))
  return { ready, memory, gone: performance.now() - killed }
}

function ourCrowd({ driver, spec }: BubblewrapBench, size: number): Crowd {
  const words = Array.from({ length: size }, () => Promise.withResolvers<void>())
  const started = words.map(async ({ resolve }) => {
    const sandbox = await driver.start({
      ...spec(`sbx_${count++}`, [...TREE] as [string]),
      onOutput: () => resolve(),
    })
    if (!sandbox.ok) throw new Error(sandbox.failure.message)
    return sandbox.value
  })
  return {
    ready: Promise.all([...started, ...words.map(({ promise }) => promise)]),
    killAll: async () => Promise.all((await Promise.all(started)).map((sandbox) => sandbox.kill())),
  }
}

function bareCrowd({ ground, spec }: BubblewrapBench, size: number): Crowd {
  const words = Array.from({ length: size }, () => Promise.withResolvers<void>())
  const started = words.map(({ resolve }) =>
    startBare(ground, spec(`sbx_${count++}`, [...TREE] as [string]), () => resolve()),
  )
  return {
    ready: Promise.all(words.map(({ promise }) => promise)),
    killAll: () =>
      Promise.all(
        started.map(({ child, ended }) => {
          child.kill('SIGKILL')
          return ended
        }),
      ),
  }
}

/** MiB of all processes of the crowd, memory that several share divided among them. */
function proportionalMemory(): number {
  const kibibytes = crowdProcesses()
    .map((pid) => /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? '0')
    .reduce((sum, size) => sum + Number(size), 0)
  return kibibytes / 1024
}

function crowdProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOfCrowd(pid))
}

function isOfCrowd(pid: string): boolean {
  const words = read(`/proc/${pid}/cmdline`).split('\0').filter(Boolean)
  const command = words.join(' ').replace(/^\S*\/bwrap/, 'bwrap')
  return /^(bwrap --args|sleep 997|sh -c sleep 997)/.test(command)
}

function sleepers(): number {
  return Number(execFileSync('sh', ['-c', 'pgrep -fc "^sleep 997$" || true']).toString())
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // gone since the directory was read
  }
}
