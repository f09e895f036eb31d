import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readToken, tokenFile } from '#cli/server-record.ts'
import { given, type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { type Schema, spoiled, type Values, valuesOf } from '#test/support/schema-values.ts'

let journey: Journey
let server: RunningServer
let token: string
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
  token = given(await readToken(tokenFile(journey.dataDirectory)))
})
afterAll(() => journey.close())

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } }
  readonly responses: Readonly<Record<string, unknown>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** No address that is made up leads off this machine, nor to anything on it. */
const NOWHERE = [
  'http://127.0.0.1:9/x',
  '/nowhere/at/all',
  'not an address',
  'ftp://127.0.0.1/x',
  '',
  'http://[::1',
]
const FIXED = {
  ...{
    url: NOWHERE,
    baseUrl: NOWHERE,
    issuer: NOWHERE,
    metadata: NOWHERE,
    entryPoint: NOWHERE,
    endpoint: NOWHERE,
  },
  ...{ host: ['127.0.0.1', 'mirror.example.org', '', 'a b', '*.example.org'] },
  ...{ project: ['none', 'prj_00000000000000000000', '', 'a/b'] },
}
const SEED = 20_260_202
const TIMES = 8
/** Each of these starts a sandbox. */
const SELDOM = ['/v1/guards/scan']

test('whatever is sent to any route, nothing breaks, and no status comes that the document does not name', async () => {
  const document = (await (await fetch(`${server.client.url}/openapi.json`)).json()) as Document
  const values: Values = { schemas: document.components.schemas, fixed: FIXED }
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  expect(operations.length).toBeGreaterThan(80)
  const wrong: string[] = []
  const seen = new Map<number, number>()
  for (const { path, method, operation } of operations) {
    const times = SELDOM.includes(path) ? 2 : TIMES
    for (const request of requestsOf(path, operation, values, times)) {
      const answer = await send(method, request)
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
      const documented = String(answer.status) in operation.responses
      const isProblem = answer.type === 'application/problem+json'
      if (answer.status >= 500 || !documented || (answer.status >= 400 && !isProblem))
        wrong.push(
          `${answer.status} ${method} ${request.path.slice(0, 120)} ${request.body?.slice(0, 200) ?? ''}`,
        )
    }
  }
  expect(wrong).toEqual([])
  for (const status of [200, 400, 404]) expect(seen.get(status)).toBeGreaterThan(20)
  expect(await server.auditLog()).toMatchObject({ ok: true })
})

interface Sent {
  readonly path: string
  readonly body?: string
  readonly headers: Readonly<Record<string, string>>
}

const ODD_NAMES = [
  '%00',
  '%F0%9F%92%A9',
  '..%2f..%2fetc',
  'x'.repeat(3000),
  '%ff',
  '0',
  '%20',
  "1'or'1'='1",
  '１',
]
const HEADERS = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  { 'if-match': '"none"' },
  { 'if-none-match': '*' },
  { 'airlock-confirmation': 'yes' },
  { 'airlock-confirmation': 'totp 000000' },
  { 'last-event-id': 'x' },
)

/** Right requests, requests with one thing wrong, and what is no request at all. */
function requestsOf(path: string, operation: Operation, values: Values, times: number): readonly Sent[] {
  const parameters = operation.parameters ?? []
  const named = fc.record(
    Object.fromEntries(
      parameters.map(({ name, in: where, schema }) => {
        const right = valuesOf(schema, values).map((value) =>
          encodeURIComponent(String(value).toWellFormed() || '-'),
        )
        const odd = where === 'path' ? fc.constantFrom(...ODD_NAMES) : fc.constantFrom('', '%00', '-1', 'NaN')
        return [
          `${where} ${name}`,
          fc.oneof({ weight: 3, arbitrary: right }, { weight: 1, arbitrary: odd }),
        ] as const
      }),
    ),
  )
  const schema = operation.requestBody?.content['application/json'].schema
  const right = schema === undefined ? fc.constant(undefined) : valuesOf(schema, values)
  const body = fc.oneof(
    { weight: 3, arbitrary: right.map((value) => JSON.stringify(value)) },
    { weight: 3, arbitrary: right.chain(spoiled).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.constantFrom('{', '[[[[', 'null', '"\\ud800"', '{"a":1}}', '\u0000') },
  )
  const request = fc.tuple(named, body, HEADERS).map(([names, text, headers]): Sent => {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => names[`path ${name}`] ?? '-')
    const query = Object.entries(names)
      .filter(([name]) => name.startsWith('query '))
      .map(([name, value]) => `${name.slice(6)}=${value}`)
      .join('&')
    return {
      path: query === '' ? filled : `${filled}?${query}`,
      headers,
      ...(schema === undefined || text === undefined ? {} : { body: text }),
    }
  })
  return fc.sample(request, { numRuns: times, seed: SEED })
}

async function send(
  method: string,
  { path, body, headers }: Sent,
): Promise<{ status: number; type: string }> {
  const response = await fetch(`${server.client.url}${path}`, {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(60_000),
  })
  await response.body?.cancel()
  return { status: response.status, type: response.headers.get('content-type')?.split(';')[0] ?? '' }
}
