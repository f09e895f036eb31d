import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '#compose/config.ts'
import { openTelemetry } from '#compose/telemetry/open-telemetry.ts'
import { NOTHING_SPENT } from '#contract/budget.ts'
import type { EventBody } from '#contract/event.ts'
import type { TaskRow } from '#store/schema.ts'

const NOON = Date.parse('2026-01-31T12:00:00.000Z')
const SECRET = 'what the agent wrote'

const EVENTS: readonly EventBody[] = [
  { kind: 'message', text: SECRET },
  { kind: 'command', command: SECRET, exitCode: 1, seconds: 2, phase: 'run' },
  { kind: 'file', action: 'edited', path: SECRET },
  { kind: 'tool_call', tool: SECRET, what: SECRET, outcome: 'done' },
  { kind: 'permission', what: SECRET, answer: 'refused', rule: SECRET },
  {
    kind: 'model_call',
    provider: 'anthropic',
    model: 'claude-opus-4-8',
    status: 402,
    milliseconds: 1_500,
    spend: {
      microDollars: 250,
      inputTokens: 1_000,
      cachedInputTokens: 800,
      outputTokens: 20,
      requests: 1,
    },
    total: NOTHING_SPENT,
    note: SECRET,
    redacted: 2,
  },
  {
    kind: 'refusal',
    refusal: { boundary: 'network', rule: SECRET, what: SECRET, reason: SECRET, remedy: SECRET },
  },
  { kind: 'step', step: SECRET, note: SECRET },
  {
    kind: 'gate',
    gate: SECRET,
    side: 'result',
    outcome: 'pass',
    diagnostics: 3,
    seconds: 4,
    cached: false,
  },
]

interface Sent {
  readonly traceId: string
  readonly name: string
  readonly parentSpanId?: string
  readonly spanId: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code: number }
  readonly events: readonly { readonly name: string }[]
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[]
}

let stop = async () => undefined as unknown
afterEach(() => stop())

/** A receiver as OTLP/HTTP describes it: it takes JSON and answers with nothing. */
async function receiver() {
  const bodies: string[] = []
  const headers: unknown[] = []
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    bodies.push(text)
    headers.push(req.headers['x-team'])
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stop = () => new Promise((resolve) => server.close(resolve))
  const spans = (): Sent[] =>
    bodies.flatMap((body) =>
      JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: Sent[] }[] }) =>
        resource.scopeSpans.flatMap((scope) => scope.spans),
      ),
    )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, headers, spans }
}

const task = (state: TaskRow['state']) =>
  ({
    id: 'tsk_1',
    number: 1,
    attempt: 1,
    project: 'prj_1',
    organisation: 'org_1',
    agent: 'builtin',
    state,
  }) as TaskRow

test('an attempt is one trace of steps, calls and tools with the names of the GenAI conventions, and no content', async () => {
  const at = await receiver()
  const config = readConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: `${at.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=green, x-empty',
  })
  if (config.telemetry === undefined) throw new Error('it was switched on')
  expect(config.telemetry.url).toBe(`${at.url}/v1/traces`)
  const telemetry = openTelemetry(config.telemetry, '1.2.3', () => NOON)
  const run = telemetry.step(task('running'))
  for (const event of EVENTS) run.tell(event)
  run.end()
  telemetry.step(task('checking')).end('budget_exhausted')
  await telemetry.close()

  const spans = at.spans()
  expect(spans.map(({ name }) => name).toSorted()).toEqual([
    'airlock.checking',
    'chat claude-opus-4-8',
    'execute_tool file.edited',
    'execute_tool other',
    'execute_tool shell',
    'gate',
    'invoke_agent builtin',
  ])
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
  const root = spans.find(({ name }) => name.startsWith('invoke_agent'))
  const call = spans.find(({ name }) => name.startsWith('chat'))
  expect(call?.parentSpanId).toBe(root?.spanId)
  expect(
    Object.fromEntries(call?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []),
  ).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-opus-4-8',
    'gen_ai.usage.input_tokens': 1_000,
    'gen_ai.usage.cache_read.input_tokens': 800,
    'gen_ai.usage.output_tokens': 20,
    'airlock.cost.micro_dollars': 250,
    'http.response.status_code': 402,
    'airlock.redacted.secrets': 2,
    'error.type': '402',
  })
  expect(BigInt(call?.endTimeUnixNano ?? 0) - BigInt(call?.startTimeUnixNano ?? 0)).toBe(1_500_000_000n)
  expect(root?.events.map(({ name }) => name)).toEqual(['airlock.permission', 'airlock.refusal'])
  expect(spans.find(({ name }) => name === 'airlock.checking')?.status.code).toBe(2)
  expect(at.bodies.join('')).not.toContain(SECRET)
  expect(at.headers).toEqual(at.headers.map(() => 'green'))
})

test('nothing is sent anywhere unless somebody says where', () => {
  expect(readConfig({}).telemetry).toBeUndefined()
  expect(() => readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' })).toThrow(/no http/)
})

test('a receiver that is not there holds nobody up', async () => {
  const telemetry = openTelemetry({ url: 'http://127.0.0.1:1/v1/traces', headers: {} }, '1', () => NOON)
  telemetry.step(task('running')).end()
  await telemetry.close().catch(() => undefined)
})
