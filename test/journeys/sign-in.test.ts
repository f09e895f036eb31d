import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { decodeEntry } from '#audit/entry.ts'
import { WhoAmI } from '#contract/api.ts'
import { NewApiKey, NewInvitation } from '#contract/sign-in.ts'
import { aBrowser, type TestBrowser } from '#test/support/browser.ts'
import { given, type Journey, type RunningServer, refusal, startJourney } from '#test/support/journey.ts'

const PASSWORD = 'four words in a row'

let journey: Journey
let server: RunningServer
let origin: string
beforeAll(async () => {
  journey = await startJourney({})
  server = await journey.serve()
  origin = server.client.url.replace('127.0.0.1', 'localhost')
})
afterAll(() => journey.close())

const browser = () =>
  aBrowser({ request: (url, init) => fetch(url, { ...init, redirect: 'manual' }) }, origin)

async function cli<T extends z.ZodType>(reply: T, ...words: string[]): Promise<z.output<T>> {
  const { exit, out, err } = await journey.airlock('--json', ...words)
  if (exit !== 0) throw new Error(`${words.join(' ')}: ${out}${err}`)
  return reply.parse(JSON.parse(out))
}

/** Accepts an invitation with a browser, which is signed in then. */
async function accept(url: string, email: string): Promise<TestBrowser> {
  const visitor = browser()
  const page = await visitor.send(new URL(url).pathname, { name: 'Ada', email, password: PASSWORD })
  expect(page).toMatchObject({ path: '/auth/account', status: 200 })
  return visitor
}

test('the owner comes in by a link, lets their command line in, and signs it out again', async () => {
  const me = given(await server.client.me())
  const invited = await cli(NewInvitation, 'people', 'invite', me.person.id)
  expect(new URL(invited.url).origin).toBe(origin)
  const visitor = await accept(invited.url, 'ada@example.org')

  const logins = join(journey.dataDirectory, 'logins')
  const turnedAway = await throughTheBrowser(visitor, 'deny')
  expect(turnedAway).toMatchObject({ exit: 4, err: expect.stringContaining('turned away') })
  expect(() => readdirSync(logins)).toThrow('ENOENT')

  expect(await throughTheBrowser(visitor, 'allow')).toMatchObject({
    exit: 0,
    out: expect.stringContaining('Signed in as'),
  })
  const [file = ''] = readdirSync(logins)
  expect(statSync(join(logins, file)).mode & 0o777).toBe(0o600)
  const token = readFileSync(join(logins, file), 'utf8').trim()
  expect((await cli(WhoAmI, 'whoami')).person.id).toBe(me.person.id)
  expect(given(await server.as(token).me()).person.id).toBe(me.person.id)

  expect(await journey.airlock('logout')).toMatchObject({ exit: 0 })
  expect(refusal(await server.as(token).me()).code).toBe('unauthenticated')
  expect(readdirSync(logins)).toEqual([])
})

test('a code that nobody was given lets nobody in, and a token is told once', async () => {
  const invited = await cli(NewInvitation, 'people', 'invite', 'grace@example.org', '--role', 'viewer')
  const visitor = await accept(invited.url, 'grace@example.org')
  expect(await visitor.send('/auth/device', { code: 'BCDF-GHJK' })).toMatchObject({ status: 401 })
  const asked = z.looseObject({ deviceCode: z.string(), userCode: z.string() })
  const { deviceCode, userCode } = asked.parse((await visitor.json('/auth/cli/begin', { name: 'x' })).body)
  const poll = async () => (await visitor.json('/auth/cli/token', { deviceCode })).body
  expect(await poll()).toEqual({ state: 'waiting' })
  const page = await visitor.send('/auth/device', { code: userCode.toLowerCase() })
  expect(page.title).toBe('Is this you?')
  const organisation = /name="organisation" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const stranger = await visitor.send('/auth/device/decide', {
    code: userCode,
    word: 'allow',
    organisation: 'org_other',
  })
  expect(stranger.title).toBe('Turned away')
  expect(await poll()).toEqual({ state: 'denied' })
  expect(await poll()).toEqual({ state: 'over' })
  const second = asked.parse((await visitor.json('/auth/cli/begin', { name: 'x' })).body)
  await visitor.send('/auth/device/decide', { code: second.userCode, word: 'allow', organisation })
  const answers = await Promise.all(
    [0, 1].map(() => visitor.json('/auth/cli/token', { deviceCode: second.deviceCode })),
  )
  expect(answers.map(({ body }) => (body as { state: string }).state).sort()).toEqual(['done', 'over'])
})

test('a key does what it was made for, until it is revoked', async () => {
  const made = await cli(NewApiKey, 'keys', 'create', 'nightly', '--permission', 'tasks:read', '--days', '1')
  const program = server.as(made.token)
  expect(given(await program.tasks()).items).toEqual([])
  expect(refusal(await program.people())).toMatchObject({
    code: 'permission_denied',
    rule: 'key.permissions',
  })
  expect(refusal(await program.createKey({ name: 'another' }))).toMatchObject({ rule: 'key.permissions' })
  const beyond = await server.client.createKey({ name: 'x', permissions: ['keys:own'] })
  expect(refusal(beyond)).toMatchObject({ code: 'permission_denied', rule: 'key.permissions' })
  expect(made.key.expiresAt).toBeDefined()
  expect(await journey.airlock('keys', 'revoke', made.key.id)).toMatchObject({ exit: 0 })
  expect(refusal(await program.tasks()).code).toBe('unauthenticated')
})

test('a service account works, and neither approves nor lets anybody in, whatever its role', async () => {
  given(await server.client.createServiceAccount({ name: 'ci', role: 'owner' }))
  const { token } = given(await server.client.createKey({ name: 'ci', serviceAccount: 'ci' }))
  const account = server.as(token)
  expect(given(await account.tasks()).items).toEqual([])
  const invited = await account.invitePerson({ name: 'M', email: 'm@example.org', role: 'owner' })
  expect(refusal(invited)).toMatchObject({ code: 'permission_denied', rule: 'service-account.never-decides' })
  given(await server.client.removeServiceAccount('ci'))
  expect(refusal(await account.tasks()).code).toBe('unauthenticated')
})

test('nobody invites somebody above themselves, and a member who was removed is out of everything', async () => {
  const admin = await cli(NewInvitation, 'people', 'invite', 'admin@example.org', '--role', 'admin')
  const visitor = await accept(admin.url, 'admin@example.org')
  const asked = z.looseObject({ deviceCode: z.string(), userCode: z.string() })
  const { deviceCode, userCode } = asked.parse((await visitor.json('/auth/cli/begin', { name: 'x' })).body)
  const page = await visitor.send('/auth/device', { code: userCode })
  const organisation = /name="organisation" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  await visitor.send('/auth/device/decide', { code: userCode, word: 'allow', organisation })
  const { token } = z
    .looseObject({ token: z.string() })
    .parse((await visitor.json('/auth/cli/token', { deviceCode })).body)
  const theirs = server.as(token)
  const above = await theirs.invitePerson({ name: 'M', email: 'm@example.org', role: 'owner' })
  expect(refusal(above)).toMatchObject({ code: 'permission_denied', rule: 'people.owner-decides-admins' })
  const { person } = given(await theirs.me())
  given(await server.client.removePerson(person.id))
  expect(refusal(await theirs.me()).code).toBe('unauthenticated')
  expect((await visitor.get('/auth/account')).text).toContain('not a member of an organisation here any more')
})

test('all of it is in the audit log, and none of the secrets', async () => {
  const page = given(await server.client.auditEntries({ limit: 200 }))
  const text = page.items.map(({ entry }) => entry).join('\n')
  const actions = page.items.map(({ entry }) => given(decodeEntry(Buffer.from(entry))).action)
  expect(new Set(actions)).toEqual(
    new Set([
      ...actions,
      'invitation.created',
      'invitation.accepted',
      'session.created',
      'key.created',
      'key.revoked',
    ]),
  )
  for (const secret of ['alk_', PASSWORD, '/auth/invitation/']) expect(text).not.toContain(secret)
  expect(await server.auditLog()).toMatchObject({ ok: true, findings: [] })
})

/** Runs `airlock login`, and types the code it shows into the page. */
async function throughTheBrowser(visitor: TestBrowser, word: 'allow' | 'deny') {
  const running = journey.start('login')
  let code = ''
  for (let wait = 0; code === ''; wait += 1) {
    if (wait > 1_000) throw new Error(`no code was shown: ${running.said.err}`)
    code = /[B-Z]{4}-[B-Z]{4}/.exec(running.said.err)?.[0] ?? ''
    await pause(30)
  }
  const page = await visitor.send('/auth/device', { code })
  expect(page).toMatchObject({ title: 'Is this you?', status: 200 })
  const organisation = /name="organisation" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  await visitor.send('/auth/device/decide', { code, word, organisation })
  return running.ended
}
