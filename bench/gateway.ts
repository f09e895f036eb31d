import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { NOTHING_SPENT } from '#contract/budget.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import { createPrices } from '#gateway/prices.ts'
import { median, report } from './rig/table.ts'

/**
 * What the gateway costs, against no gateway and against the least a gateway in Node could do: a node:http pipe on the
 * same kind of socket. Each part is a process of its own; rounds are interleaved so that noise meets all alike.
 * Aim: within 1.3 times the pipe, in latency with one caller and in throughput with 32.
 */
const AIM = 1.3
const ROUNDS = 4
const SECONDS = 1
const BODY = JSON.stringify({
  model: 'claude-opus-4-8',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'x'.repeat(8_000) }],
})
const REPLY = JSON.stringify({
  type: 'message',
  content: [{ type: 'text', text: 'y'.repeat(1_000) }],
  usage: { input_tokens: 2_000, output_tokens: 250 },
})

const roles: Readonly<Record<string, (argument: string, directory: string) => Promise<unknown>>> = {
  upstream: serveUpstream,
  pipe: servePipe,
  gateway: serveGateway,
}

const [role, argument = '', directory = ''] = process.argv.slice(2)
if (role === undefined) await measure()
else process.send?.(await roles[role]?.(argument, directory))

async function measure(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-bench-'))
  const children: ChildProcess[] = []
  const start = async (role: string, argument: string): Promise<string> => {
    const child = fork(import.meta.filename, [role, argument, directory])
    children.push(child)
    const [ready] = await once(child, 'message')
    return String(ready)
  }
  try {
    const url = await start('upstream', '')
    const targets: readonly [string, Partial<autocannon.Options>][] = [
      ['direct', {}],
      ['pipe', { socketPath: await start('pipe', url) }],
      ['gateway', { socketPath: await start('gateway', url) }],
    ]
    for (const connections of [1, 32]) {
      for (const [, target] of targets) await load(url, target, connections)
      const rounds: Round[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const rates: Record<string, number> = {}
        for (const [name, target] of targets) rates[name] = await load(url, target, connections)
        rounds.push({ direct: rates.direct ?? 0, pipe: rates.pipe ?? 0, gateway: rates.gateway ?? 0 })
      }
      print(connections, rounds)
    }
  } finally {
    for (const child of children) child.kill()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Requests per second of each target, measured one right after the other. */
interface Round {
  readonly direct: number
  readonly pipe: number
  readonly gateway: number
}

function print(connections: number, rounds: readonly Round[]): void {
  const milliseconds = (rate: number) => (connections * 1_000) / rate
  for (const name of ['direct', 'pipe', 'gateway'] as const) {
    const rate = median(rounds.map((round) => round[name]))
    console.log(
      `c=${connections} ${name.padEnd(8)} ${rate.toFixed(0).padStart(7)} requests/s  ${milliseconds(rate).toFixed(3)} ms each`,
    )
  }
  const toPipe = median(rounds.map(({ pipe, gateway }) => pipe / gateway))
  const toDirect = median(rounds.map(({ direct, gateway }) => direct / gateway))
  const added = median(rounds.map(({ direct, gateway }) => milliseconds(gateway) - milliseconds(direct)))
  console.log(
    `c=${connections} gateway/pipe ${toPipe.toFixed(2)} (aim ${AIM}: ${toPipe <= AIM ? 'met' : 'missed'}), ` +
      `gateway/direct ${toDirect.toFixed(2)}, adds ${added.toFixed(3)} ms`,
  )
  report({
    what:
      connections === 1
        ? 'gateway, latency of one caller'
        : `gateway, throughput with ${connections} callers`,
    ratio: toPipe,
    to: 'a bare node:http pipe',
    aim: `at most ${AIM}`,
    met: toPipe <= AIM,
  })
}

async function load(url: string, target: Partial<autocannon.Options>, connections: number): Promise<number> {
  const result = await autocannon({
    url: `${url}/v1/messages`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
    connections,
    duration: SECONDS,
    ...target,
  })
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} refusals, ${result.errors} errors`)
  return result['2xx'] / result.duration
}

async function serveUpstream(): Promise<string> {
  const server = createServer((req, res) => {
    req.resume().on('end', () => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': REPLY.length }).end(REPLY)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function servePipe(url: string, directory: string): Promise<string> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((req, res) => {
    const up = request(url + req.url, { method: req.method, headers: req.headers, agent }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    req.pipe(up)
  })
  const path = join(directory, 'pipe.sock')
  await once(server.listen(path), 'listening')
  return path
}

async function serveGateway(url: string, directory: string): Promise<string> {
  const gateway = createGateway({
    stopwatch: () => performance.now(),
    clock: Date.now,
    prices: createPrices({ clock: Date.now }),
  })
  const lane = join(directory, 'lane')
  await gateway.open({
    attempt: 'att_bench',
    directory: lane,
    provider: { name: 'bench', protocol: 'anthropic', baseUrl: url, key: 'sk-bench-0123456789', models: [] },
    model: 'claude-opus-4-8',
    budget: { microDollars: 1e15, tokens: 1e15, requests: 1e12, iterations: 1, seconds: 60 },
    spent: NOTHING_SPENT,
    egress: [],
    onEvent: () => undefined,
  })
  return join(lane, 'model.sock')
}
