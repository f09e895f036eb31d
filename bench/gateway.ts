import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import autocannon from 'autocannon'
import { peers } from './rig/peers.ts'
import { median, report } from './rig/table.ts'
import { at } from './rig/timing.ts'

/**
 * What the gateway costs with everything on, against no gateway, against the least a gateway in Node could do (a
 * node:http pipe on the same kind of socket), and against Portkey's. Each is a process of its own; rounds are
 * interleaved so that noise meets all alike.
 */
const ROUNDS = 4
const SECONDS = 1
const MANY = 100_000
const AIM_PIPE = 1.2
const AIM_PORTKEY = 4

interface Target {
  readonly name: string
  readonly to: Partial<autocannon.Options>
}

interface Case {
  readonly what: string
  readonly connections: number
  readonly body: string
}

const CASES: readonly Case[] = [
  { what: '1 KB', connections: 1, body: body(1_000) },
  { what: '1 KB', connections: 32, body: body(1_000) },
  { what: '64 KB prompt', connections: 8, body: body(64_000) },
  { what: '200 chunks', connections: 1, body: body(1_000, { stream: true }) },
  { what: '200 chunks', connections: 16, body: body(1_000, { stream: true }) },
]

const children: ChildProcess[] = []
const directory = await mkdtemp(join(tmpdir(), 'airlock-bench-'))
try {
  const { where: url } = await start('model', '')
  const { child: gateway, where: socketPath } = await start('gateway', url)
  const targets: readonly Target[] = [
    { name: 'direct', to: { url } },
    { name: 'pipe', to: { url, socketPath: (await start('pipe', url)).where } },
    { name: 'gateway', to: { url, socketPath } },
    { name: 'portkey', to: await startPortkey(url) },
  ]
  for (const each of CASES) await compare(each, targets)
  await chunks(targets)
  await memory(gateway, { url, socketPath })
} finally {
  for (const child of children) child.kill()
  await rm(directory, { recursive: true, force: true })
}

async function compare({ what, connections, body }: Case, targets: readonly Target[]): Promise<void> {
  const rounds: Record<string, number>[] = []
  for (const { to } of targets) await load(to, connections, body)
  for (let round = 0; round < ROUNDS; round++) {
    const rates: Record<string, number> = {}
    for (const { name, to } of targets) rates[name] = await load(to, connections, body)
    rounds.push(rates)
  }
  const line = targets.map(({ name }) => {
    const rate = median(rounds.map((rates) => rates[name] ?? 0))
    return `${name} ${rate.toFixed(0)}/s ${((connections * 1_000) / rate).toFixed(3)} ms`
  })
  console.log(`${what}, ${connections} at once: ${line.join(', ')}`)
  const ratio = (of: string, to: string) =>
    median(rounds.map((rates) => (rates[of] ?? Number.NaN) / (rates[to] ?? Number.NaN)))
  const [slower, faster] = [ratio('pipe', 'gateway'), ratio('gateway', 'portkey')]
  report({
    what: `gateway, ${what}, ${connections} at once`,
    ratio: slower,
    to: 'a bare node:http pipe',
    aim: `at most ${AIM_PIPE}`,
    met: slower <= AIM_PIPE,
  })
  report({
    what: `gateway, ${what}, ${connections} at once`,
    ratio: faster,
    to: "Portkey's calls a second",
    aim: `at least ${AIM_PORTKEY}`,
    met: faster >= AIM_PORTKEY,
  })
}

async function load(
  to: Partial<autocannon.Options>,
  connections: number,
  body: string,
  amount?: number,
): Promise<number> {
  const result = await autocannon({
    method: 'POST',
    connections,
    body,
    ...(amount === undefined ? { duration: SECONDS } : { amount }),
    ...to,
    url: `${to.url}/v1/messages`,
    headers: { 'content-type': 'application/json', ...to.headers },
  })
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`)
  return result['2xx'] / result.duration
}

/** From the moment a chunk leaves the model until it is here. */
async function chunks(targets: readonly Target[]): Promise<void> {
  const delays: Record<string, number[]> = {}
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, to } of targets) delays[name] = [...(delays[name] ?? []), ...(await delaysOf(to))]
  const medianOf = (name: string) => median(delays[name] ?? [])
  for (const { name } of targets)
    console.log(
      `a chunk every 2 ms: ${name} ${medianOf(name).toFixed(3)} ms, one in a hundred over ${at(delays[name] ?? [], 0.99).toFixed(3)} ms`,
    )
  const added = medianOf('gateway') - medianOf('pipe')
  report({
    what: 'gateway, milliseconds for a chunk',
    ratio: added,
    to: 'more than the pipe',
    aim: 'at most 0.10',
    met: added <= 0.1,
  })
}

function delaysOf(to: Partial<autocannon.Options>): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const delays: number[] = []
    const req = request(
      `${to.url}/v1/messages`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...to.headers },
        ...(to.socketPath === undefined ? {} : { socketPath: to.socketPath }),
      },
      (res) => {
        res.setEncoding('latin1').on('data', (text: string) => {
          const now = performance.timeOrigin + performance.now()
          for (const [, sent] of text.matchAll(/sent=([\d.]+)/g)) delays.push(now - Number(sent))
        })
        res.on('end', () => resolve(delays)).on('error', reject)
      },
    )
    req.on('error', reject).end(body(1_000, { stream: true }, 99))
  })
}

/** What the process of the gateway holds after a tenth of the requests and after all, once the garbage is gone. */
async function memory(gateway: ChildProcess, to: Partial<autocannon.Options>): Promise<void> {
  const heap = async () => {
    gateway.send('memory')
    const [{ heapUsed, external, rss }] = await once(gateway, 'message')
    return { held: (heapUsed + external) / 2 ** 20, rss: rss / 2 ** 20 }
  }
  await load(to, 32, body(1_000), MANY / 10)
  const early = await heap()
  await load(to, 32, body(1_000), MANY - MANY / 10)
  const late = await heap()
  const shown = ({ held, rss }: typeof early) => `${held.toFixed(1)} MiB (${rss.toFixed(0)} resident)`
  console.log(`memory after ${MANY / 10} requests ${shown(early)}, after ${MANY} ${shown(late)}`)
  report({
    what: `gateway, memory held after ${MANY} requests`,
    ratio: late.held / early.held,
    to: `that after ${MANY / 10}`,
    aim: 'at most 1.1',
    met: late.held <= 1.1 * early.held,
  })
}

async function start(role: string, url: string): Promise<{ child: ChildProcess; where: string }> {
  const child = fork(join(import.meta.dirname, 'rig/gateway-targets.ts'), [role, url, directory], {
    execArgv: ['--expose-gc'],
  })
  children.push(child)
  const [where] = await once(child, 'message')
  return { child, where: String(where) }
}

async function startPortkey(model: string): Promise<Partial<autocannon.Options>> {
  const home = dirname((await peers()).resolve('@portkey-ai/gateway/package.json'))
  const port = await freePort()
  children.push(
    fork(join(home, 'build/start-server.js'), [`--port=${port}`, '--headless'], { stdio: 'ignore' }),
  )
  const to = {
    url: `http://127.0.0.1:${port}`,
    headers: {
      'x-portkey-provider': 'anthropic',
      'x-portkey-custom-host': `${model}/v1`,
      'x-api-key': 'sk-bench-0123456789',
      'anthropic-version': '2023-06-01',
    },
  }
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${to.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...to.headers },
      body: body(10),
    }).catch(() => undefined)
    if (answer?.ok) return to
    if (tries === 100) throw new Error(`Portkey does not answer: ${answer?.status} ${await answer?.text()}`)
    await pause(100)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** A prompt like prose: what looks for secrets in it finds none, and has to look. */
function body(size: number, more: object = {}, max_tokens = 100): string {
  const some =
    'The function parses a line of the file, and returns what it found or an error with its place. '
  const content = some.repeat(Math.ceil(size / some.length)).slice(0, size)
  return JSON.stringify({
    model: 'claude-opus-4-8',
    ...more,
    max_tokens,
    messages: [{ role: 'user', content }],
  })
}
