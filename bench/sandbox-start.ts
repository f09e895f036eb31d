/**
 * How long it takes until a command in a sandbox says its first word: through the driver, through bare bwrap with the
 * very same profile and filter, in `@anthropic-ai/sandbox-runtime`, and without any sandbox. What the driver adds to
 * bwrap is cgroups, limits and watching. The time to the end is printed too, but is not the same work: the driver waits
 * until nothing is left.
 *
 *     node bench/sandbox-start.ts [rounds]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type BubblewrapBench, bubblewrapBench, startBare } from './rig/bubblewrap.ts'
import { peers } from './rig/peers.ts'
import { report } from './rig/table.ts'
import { at, timed } from './rig/timing.ts'

const AIM = 1.3
const AIM_OF_RUNTIME = 0.1
/** The other runtime takes so long that fewer rounds tell as much. */
const RUNTIME_EVERY = 5

const rounds = Number(process.argv[2] ?? 150)
const bench = await bubblewrapBench()
const runtime = await sandboxRuntime()
const times: Record<string, { first: number[]; end: number[] }> = {}
try {
  for (let round = -10; round < rounds; round++) {
    await take(round, 'fork and exec', plain)
    await take(round, 'bare bwrap', (onOutput) => bare(bench, onOutput))
    await take(round, 'driver', (onOutput) => ours(bench, `sbx_${round + 10}`, onOutput))
    if (round % RUNTIME_EVERY === 0) await take(round, 'sandbox-runtime', runtime.start)
  }
  print()
} finally {
  await bench.close()
  await runtime.close()
}

async function take(
  round: number,
  name: string,
  start: (onOutput: () => void) => Promise<number>,
): Promise<void> {
  const { first, end } = await timed(start)
  if (round < 0) return // warming up
  times[name] ??= { first: [], end: [] }
  times[name].first.push(first)
  times[name].end.push(end)
}

function print(): void {
  const show = (name: string, values: readonly number[]) =>
    console.log(
      `${name.padEnd(32)} median ${at(values, 0.5).toFixed(2)} ms   p95 ${at(values, 0.95).toFixed(2)} ms`,
    )
  for (const [name, { first }] of Object.entries(times)) show(name, first)
  for (const [name, { end }] of Object.entries(times)) show(`${name}, to the end`, end)
  const firstOf = (name: string) => at(times[name]?.first ?? [], 0.5)
  const compare = (to: string, peer: string, aim: number) => {
    const ratio = firstOf('driver') / firstOf(peer)
    report({ what: 'sandbox, start to first word', ratio, to, aim: `at most ${aim}`, met: ratio <= aim })
    console.log(`ratio to ${to}: ${ratio.toFixed(2)} (aim: at most ${aim})`)
  }
  compare('bare bwrap, same profile', 'bare bwrap', AIM)
  compare('sandbox-runtime', 'sandbox-runtime', AIM_OF_RUNTIME)
}

async function plain(onOutput: () => void): Promise<number> {
  const child = spawn('/bin/echo', ['ready'], { env: {}, stdio: ['ignore', 'pipe', 'ignore'] })
  child.stdout.on('data', onOutput)
  const [code] = await once(child, 'close')
  return code
}

function bare({ ground, spec }: BubblewrapBench, onOutput: () => void): Promise<number> {
  return startBare(ground, spec('sbx_bare', ['echo', 'ready']), onOutput).ended
}

async function ours({ driver, spec }: BubblewrapBench, id: string, onOutput: () => void): Promise<number> {
  const started = await driver.start({ ...spec(id, ['echo', 'ready']), onOutput })
  if (!started.ok) throw new Error(started.failure.message)
  return (await started.value.ended()).exitCode
}

/** Its own command line, as a person or an agent would start it: nothing allowed but the own directory. */
async function sandboxRuntime() {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-bench-srt-'))
  const settings = join(directory, 'settings.json')
  const network = { allowedDomains: [], deniedDomains: [] }
  const filesystem = { denyRead: [], allowWrite: ['.'], denyWrite: [] }
  await writeFile(settings, JSON.stringify({ network, filesystem }))
  const place = dirname((await peers()).resolve('@anthropic-ai/sandbox-runtime/package.json'))
  return {
    async start(onOutput: () => void): Promise<number> {
      const child = spawn(
        process.execPath,
        [join(place, 'dist/cli.js'), '--settings', settings, 'echo', 'ready'],
        { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
      )
      child.stdout.on('data', onOutput)
      const [code] = await once(child, 'close')
      return code
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}
