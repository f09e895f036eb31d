import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch as fetchThrough } from 'undici'
import { type Budget, NOTHING_SPENT } from '#contract/budget.ts'
import type { Refusal } from '#contract/refusal.ts'
import { createGateway, type GatewayOptions } from '#gateway/create-gateway.ts'
import type { Lane, OpenLane, Protocol } from '#gateway/gateway.ts'
import { createPrices } from '#gateway/prices.ts'
import { SCRIPT_KEY } from '../support/providers/scripted-provider.ts'

export type LaneEvent = Parameters<Lane['onEvent']>[0]

export interface TestLane {
  readonly open: OpenLane
  readonly directory: string
  readonly events: LaneEvent[]
  readonly calls: Extract<LaneEvent, { kind: 'model_call' }>[]
  readonly refusals: Refusal[]
  /** A fetch that goes through the lane's model socket, for real client libraries. */
  readonly fetch: typeof globalThis.fetch
  close(): Promise<void>
}

export const BUDGET: Budget = {
  microDollars: 1_000_000,
  tokens: 1_000_000,
  requests: 100,
  iterations: 1,
  seconds: 60,
}

const MODELS: Readonly<Record<Protocol, string>> = {
  anthropic: 'claude-opus-4-8',
  'openai-responses': 'gpt-5.5',
  'openai-chat': 'gpt-5.5',
  gemini: 'gemini-2.5-pro',
}

/** A gateway with one lane on real sockets; the clock stands still. */
export async function openTestLane(
  protocol: Protocol,
  baseUrl: string,
  lane: Partial<Lane> = {},
  options: Partial<GatewayOptions> = {},
): Promise<TestLane> {
  const parent = await mkdtemp(join(tmpdir(), 'airlock-gateway-'))
  const events: LaneEvent[] = []
  const clock = () => Date.parse('2026-01-31T12:00:00.000Z')
  const gateway = createGateway({ stopwatch: clock, clock, prices: createPrices({ clock }), ...options })
  const directory = join(parent, 'lane')
  const remove = () => rm(parent, { recursive: true, force: true })
  const opening = gateway.open({
    attempt: 'att_1',
    directory,
    provider: { name: 'scripted', protocol, baseUrl, key: SCRIPT_KEY, models: [] },
    model: MODELS[protocol],
    budget: BUDGET,
    spent: NOTHING_SPENT,
    egress: [],
    onEvent: (event) => events.push(event),
    ...lane,
  })
  const open = await opening.catch(async (error) => {
    await remove()
    throw error
  })
  const dispatcher = new Agent({ connect: { socketPath: join(directory, 'model.sock') } })
  return {
    open,
    directory,
    events,
    get calls() {
      return events.filter((event) => event.kind === 'model_call')
    },
    get refusals() {
      return events.flatMap((event) => (event.kind === 'refusal' ? [event.refusal] : []))
    },
    // Node's own fetch does not take the dispatcher of another undici
    fetch: ((input: string, init: object) =>
      fetchThrough(input, { ...init, dispatcher })) as unknown as typeof globalThis.fetch,
    async close() {
      await dispatcher.destroy()
      await gateway.close()
      await remove()
    },
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  /** False when the connection broke before the end. */
  readonly whole: boolean
}

/** One plain request over the lane's model socket. */
export function ask(
  lane: Pick<TestLane, 'directory'>,
  path: string,
  body: object | string | Buffer | undefined,
  headers: Record<string, string> = {},
  method = body === undefined ? 'GET' : 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        socketPath: join(lane.directory, 'model.sock'),
        path,
        method,
        headers: { 'content-type': 'application/json', ...headers },
        agent: false,
      },
      (res) => {
        const chunks: Buffer[] = []
        const done = () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            text: Buffer.concat(chunks).toString(),
            whole: res.complete,
          })
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('error', () => undefined)
        res.on('close', done)
      },
    )
    req.on('error', reject)
    if (body === undefined) req.end()
    else req.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  })
}
