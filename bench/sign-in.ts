/**
 * What it takes to find out who asks: with the session of a page and with a token, each against a request that asks
 * nobody; and what signing in with a password takes beyond the hash that is meant to take long.
 *
 *     node bench/sign-in.ts [rounds]
 */
import { randomBytes, scryptSync } from 'node:crypto'
import { createClient } from '#cli/client.ts'
import type { Result } from '#kernel/result.ts'
import { startBenchServer } from './rig/server.ts'
import { median, report } from './rig/table.ts'
import { at } from './rig/timing.ts'

const ROUNDS = Number(process.argv[2] ?? 400)
const AIM_SESSION = 1.25
const AIM_SIGN_IN = 2
const PASSWORD = 'four words in a row'

const server = await startBenchServer()
const { url, token } = server.door
const origin = url.replace('127.0.0.1', 'localhost')
try {
  const cookie = await owner()
  await measureChecks(cookie)
  await measureSignIn()
} finally {
  await server.stop()
}

/** Gives the owner a password; the cookie of their session. */
async function owner(): Promise<string> {
  const client = createClient(server.door)
  const me = given(await client.me()).person
  const invited = given(await client.invitePerson({ name: me.name, email: me.id }))
  const fields = { name: 'Ada', email: 'ada@example.org', password: PASSWORD }
  return cookieOf(await form(new URL(invited.url).pathname, fields))
}

async function measureChecks(cookie: string): Promise<void> {
  const requests = {
    nobody: () => fetch(`${origin}/health`),
    token: () => fetch(`${origin}/v1/me`, { headers: { authorization: `Bearer ${token}` } }),
    session: () => fetch(`${origin}/v1/me`, { headers: { cookie, 'airlock-browser': '1' } }),
  }
  const times = { nobody: [] as number[], token: [] as number[], session: [] as number[] }
  for (let round = -50; round < ROUNDS; round += 1)
    for (const name of ['nobody', 'token', 'session'] as const) {
      const begun = performance.now()
      const response = await requests[name]()
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`${name}: status ${response.status}`)
      if (round >= 0) times[name].push(performance.now() - begun)
    }
  for (const [name, values] of Object.entries(times))
    console.log(
      `${name.padEnd(8)} p50 ${at(values, 0.5).toFixed(2)} ms   p99 ${at(values, 0.99).toFixed(2)} ms`,
    )
  const floor = median(times.nobody)
  const ratio = (median(times.session) - floor) / (median(times.token) - floor)
  report({
    what: 'session of a page, per request',
    ratio,
    to: 'a token, per request',
    aim: `at most ${AIM_SESSION}`,
    met: ratio <= AIM_SESSION,
  })
  console.log(`a session takes ${ratio.toFixed(2)} of what a token takes (aim: at most ${AIM_SESSION})`)
}

async function measureSignIn(): Promise<void> {
  const [whole, hash]: [number[], number[]] = [[], []]
  for (let round = -2; round < 20; round += 1) {
    const begun = performance.now()
    cookieOf(await form('/auth/sign-in', { email: 'ada@example.org', password: PASSWORD }))
    const between = performance.now()
    scryptSync(PASSWORD, randomBytes(16), 64, { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 })
    if (round < 0) continue
    whole.push(between - begun)
    hash.push(performance.now() - between)
  }
  const ratio = median(whole) / median(hash)
  console.log(`signing in p50 ${median(whole).toFixed(0)} ms, its hash alone ${median(hash).toFixed(0)} ms`)
  report({
    what: 'signing in with a password',
    ratio,
    to: 'its hash alone',
    aim: `at most ${AIM_SIGN_IN}`,
    met: ratio <= AIM_SIGN_IN,
  })
}

function form(path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return fetch(`${origin}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin },
    body: new URLSearchParams(fields),
  })
}

function cookieOf(response: Response): string {
  const [cookie] = response.headers.getSetCookie()
  if (cookie === undefined) throw new Error(`nobody was signed in: status ${response.status}`)
  return cookie.split(';')[0] ?? ''
}

function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message)
  return result.value
}
