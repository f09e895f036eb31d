import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { given, type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { create, shell } from '#test/support/journey-model.ts'

const KEYS = { first: randomKey(), second: randomKey() }

/** Whatever a program in the sandbox can read of the world, a line each. */
const LOOK = [
  'for file in /proc/*/environ /proc/*/cmdline; do tr "\\0" "\\n" < "$file"; done',
  'grep -ras sk- /run /etc /tmp /home /opt | head -c 100000',
  'ls -R /run /home /tmp',
  '',
].join('\n')

let journey: Journey
let server: RunningServer
let providers: readonly [Server, Server]
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
  providers = [tired(KEYS.first), echoing(KEYS.second, journey.model.url)]
  const [first, second] = providers
  for (const [name, provider] of Object.entries({ first, second })) {
    await once(provider.listen(0, '127.0.0.1'), 'listening')
    const { port } = provider.address() as AddressInfo
    const place = { protocol: 'anthropic', baseUrl: `http://127.0.0.1:${port}` } as const
    given(
      await server.client.addProvider({ name, ...place, key: name === 'first' ? KEYS.first : KEYS.second }),
    )
  }
})
afterAll(async () => {
  for (const each of providers) each.close().closeAllConnections()
  await journey.close()
})

test('the provider that stands by does the work of one that fails, and no key of either is seen or stored', async () => {
  journey.model.play('keys', [create('src/look.sh', LOOK), shell('sh src/look.sh > src/seen.txt')])
  expect((await journey.airlock('provider', 'order', 'first', 'second')).out).toBe('first → second\n')
  const project = given(await server.client.createProject({ url: journey.remote }))
  const task = given(
    await server.client.submit({ intent: 'Write something', project: project.id, model: 'first/keys' }),
  )
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(ready.patch?.files.map(({ path }) => path)).toEqual(['src/look.sh', 'src/seen.txt'])
  expect((await server.approve(ready)).ok).toBe(true)
  await server.reaches(task.number, 'published')

  const events = await journey.airlock('show', `${task.number}`, '--json')
  const watched = await journey.airlock('watch', `${task.number}`, '--json')
  expect(watched.out).toContain('Not answered; second is asked instead.')
  const told = [
    Buffer.from(given(await server.client.diff(`${task.number}`))).toString(),
    JSON.stringify(given(await server.client.providers())),
    await textOf(given(await server.client.auditExport())),
    JSON.stringify([events, watched]),
  ].join('\n')
  for (const key of Object.values(KEYS)) {
    for (const trace of spellings(key)) {
      expect(told).not.toContain(trace)
      expect(filesWith(trace, journey.dataDirectory)).toEqual(
        trace === key ? [join(journey.dataDirectory, 'keys/providers.json')] : [],
      )
      expect(filesWith(trace, journey.remote)).toEqual([])
      expect(filesWith(trace, journey.runtimeDirectory)).toEqual([])
    }
  }
})

test('a project that may use other models alone refuses the task at once', async () => {
  const project = given(await server.client.createProject({ url: journey.remote }))
  const allowed = given(
    await server.client.setProjectModels(project.name, { allowed: ['second/keys', 'scripted'] }),
  )
  expect(allowed.models).toEqual({ allowed: ['second/keys', 'scripted'] })
  const ask = (model: string) =>
    server.client.submit({ intent: 'Write something', project: project.id, model })
  expect(await ask('first/keys')).toMatchObject({
    ok: false,
    failure: { code: 'model_not_allowed', rule: 'model.project' },
  })
  expect(await ask('second/other')).toMatchObject({ ok: false, failure: { rule: 'model.project' } })
  const shown = await journey.airlock('project', 'models', project.name)
  expect(shown.out).toBe('May be used: second/keys, scripted\n')
  const all = await journey.airlock('project', 'models', project.name, '--all')
  expect(all.out).toBe('Every model may be used.\n')
  expect(given(await server.client.projects()).items).toMatchObject([{ name: project.name }])
})

/** Takes its key, lists its models, and never has time; what it says holds the key in every place. */
function tired(key: string): Server {
  return createServer((req, res) => {
    req.resume().on('end', () => {
      const listing = req.method === 'GET' && req.headers['x-api-key'] === key
      res.writeHead(listing ? 200 : 503, { 'content-type': 'application/json', 'x-echo': key })
      res.end(JSON.stringify({ data: [{ id: 'keys' }], error: { message: `key ${key} has no time` } }))
    })
  })
}

/** The scripted model behind a provider that echoes its key in headers and at the end of each stream. */
function echoing(key: string, modelUrl: string): Server {
  return createServer((req, res) => {
    if (req.headers['x-api-key'] !== key) return void res.writeHead(401).end()
    const up = request(modelUrl + req.url, { method: req.method, headers: req.headers }, (answer) => {
      const { 'content-length': _, ...headers } = answer.headers
      res.writeHead(answer.statusCode ?? 502, { ...headers, 'x-echo': key, 'set-cookie': key })
      answer.on('data', (chunk) => res.write(chunk))
      answer.on('end', () => {
        if (/event-stream/.test(String(headers['content-type'])))
          res.write(`: ${spellings(key).join(' ')}\n\n`)
        res.end()
      })
    })
    req.pipe(up)
  })
}

function randomKey(): string {
  return `sk-${randomBytes(24).toString('base64url')}`
}

function spellings(key: string): string[] {
  return [key, Buffer.from(key).toString('base64')]
}

/** Every file below a directory that holds these bytes, the database's own included. */
function filesWith(bytes: string, directory: string): string[] {
  try {
    const found = execFileSync('grep', ['-rlaF', '--', bytes, directory], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return found.toString().split('\n').filter(Boolean)
  } catch {
    return []
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytes) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}
