/** The processes that bench/gateway.ts measures, each on its own: forked with a role, it says where it listens. */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { join } from 'node:path'
import { NOTHING_SPENT } from '#contract/budget.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import { createPrices } from '#gateway/prices.ts'
import { serveModel } from './model-server.ts'

const roles: Readonly<Record<string, (url: string, directory: string) => Promise<string>>> = {
  model: serveModel,
  pipe: servePipe,
  gateway: serveGateway,
}

const [role = '', url = '', directory = ''] = process.argv.slice(2)
process.send?.(await roles[role]?.(url, directory))
/** Asked for its memory, a process counts what is left once the garbage is gone. */
process.on('message', () => {
  globalThis.gc?.()
  process.send?.(process.memoryUsage())
})

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

/** With everything on: meter, prices, a budget, the key masked, secrets looked for, canaries watched. */
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
    secrets: Array.from({ length: 20 }, (_, at) => ({ name: `secret-${at}`, value: secret() })),
    canaries: [
      { planted: 'the instructions', value: secret(), inPrompts: true },
      { planted: 'a decoy', value: secret(), inPrompts: false },
    ],
    egress: [],
    onEvent: () => undefined,
  })
  return join(lane, 'model.sock')
}

function secret(): string {
  return randomBytes(18).toString('base64url')
}
