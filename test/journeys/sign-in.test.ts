import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { decodeEntry } from '#audit/entry.ts'
import { WhoAmI } from '#contract/api.ts'
import { IdentityProvider, NewApiKey, NewInvitation, NewPasswordReset } from '#contract/sign-in.ts'
import { describeToSaml } from '#identity/sign-in/saml/describe.ts'
import { addApp, codeAtStep } from '#test/support/authenticator-app.ts'
import { aBrowser, type TestBrowser } from '#test/support/browser.ts'
import { given, type Journey, type RunningServer, refusal, startJourney } from '#test/support/journey.ts'
import { aSamlProvider } from '#test/support/saml-provider.ts'

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
  expect(refusal(invited)).toMatchObject({ code: 'permission_denied', rule: 'key.permissions' })
  given(await server.client.removeServiceAccount('ci'))
  expect(refusal(await account.tasks()).code).toBe('unauthenticated')
})

test('nobody invites somebody above themselves, and a member who was removed is out of everything', async () => {
  const admin = await cli(NewInvitation, 'people', 'invite', 'admin@example.org', '--role', 'admin')
  const visitor = await accept(admin.url, 'admin@example.org')
  const theirs = server.as(await signedIn(visitor))
  const above = await theirs.invitePerson({ name: 'M', email: 'm@example.org', role: 'owner' })
  expect(refusal(above)).toMatchObject({
    code: 'permission_denied',
    rule: 'people.held-roles-only',
  })
  const { person } = given(await theirs.me())
  given(await server.client.removePerson(person.id))
  expect(refusal(await theirs.me()).code).toBe('unauthenticated')
  expect((await visitor.get('/auth/account')).text).toContain('not a member of an organisation here any more')
})

test('a password that was forgotten is chosen anew by a link, which nobody gives to somebody above themselves', async () => {
  const invited = await cli(NewInvitation, 'people', 'invite', 'forgot@example.org', '--role', 'admin')
  const visitor = await accept(invited.url, 'forgot@example.org')
  const admin = server.as(await signedIn(visitor))
  const me = given(await server.client.me()).person.id
  expect(refusal(await admin.resetPassword(me, {}))).toMatchObject({ rule: 'people.held-roles-only' })
  expect(refusal(await server.client.resetPassword('nobody@example.org', {}))).toMatchObject({
    code: 'not_found',
  })
  const { url, person } = await cli(NewPasswordReset, 'people', 'reset', 'forgot@example.org')
  expect(person.email).toBe('forgot@example.org')
  const other = browser()
  expect(await other.send(new URL(url).pathname, { password: 'four other words' })).toMatchObject({
    path: '/auth/account',
  })
  expect((await visitor.get('/auth/account')).path).toBe('/auth/sign-in')
  expect(refusal(await admin.me()).code).toBe('unauthenticated')
})

test('what a policy wants a second factor for is done with a code, once', async () => {
  const invited = await cli(NewInvitation, 'people', 'invite', 'twice@example.org', '--role', 'developer')
  const visitor = await accept(invited.url, 'twice@example.org')
  const client = server.as(await signedIn(visitor))
  const { sequence } = given(await server.client.policies())
  const text = `@id("keys.confirmed") @reason("A key outlives you.") @remedy("Confirm it.") @confirm("second-factor")
forbid(principal, action == Airlock::Action::"key.create", resource);`
  const examples = `- { name: make, action: key.create, as: developer, expect: confirm }
- { name: look, action: key.list, as: developer, expect: allow }`
  given(await server.client.setPolicy({ name: 'keys', text, examples, after: sequence }))
  expect(refusal(await client.createKey({ name: 'x' }))).toMatchObject({
    code: 'confirmation_needed',
    rule: 'keys.confirmed',
    details: { method: 'second-factor' },
  })
  const file = join(journey.dataDirectory, 'twice')
  writeFileSync(file, `${await signedIn(visitor)}\n`, { mode: 0o600 })
  const make = (code: string) =>
    journey.airlock('--token-file', file, '--confirm', `totp ${code}`, 'keys', 'create', 'x')
  expect(await make('000000')).toMatchObject({ exit: 4, err: expect.stringContaining('no second factor') })
  const { secret } = await addApp(visitor, PASSWORD)
  const code = await codeAtStep(secret, Date.now(), 1)
  expect(await make(code)).toMatchObject({ exit: 0 })
  expect(await make(code)).toMatchObject({ exit: 4, err: expect.stringContaining('used already') })
  const { sequence: now } = given(await server.client.policies())
  given(await server.client.removePolicy('keys', now))
})

test('a page asks the API with its session; the same from another port of this machine is refused', async () => {
  const invited = await cli(NewInvitation, 'people', 'invite', 'page@example.org', '--role', 'viewer')
  const visitor = await accept(invited.url, 'page@example.org')
  const cookie = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const ask = (from: string) =>
    fetch(`${origin}/v1/me`, { headers: { cookie, origin: from, 'airlock-browser': '1' } })
  expect(WhoAmI.parse(await (await ask(origin)).json()).person.email).toBe('page@example.org')
  expect((await ask('http://localhost:3000')).status).toBe(403)
  await visitor.send('/auth/sign-out')
  expect((await ask(origin)).status).toBe(401)
})

test('a SAML provider is added from its metadata, and lets in who was invited', async () => {
  const provider = await aSamlProvider(describeToSaml(origin, 'saml'))
  try {
    const file = join(journey.dataDirectory, 'provider.xml')
    writeFileSync(file, provider.metadata)
    const added = await cli(
      IdentityProvider,
      ...['sso', 'add-saml', 'saml', '--metadata', file, '--domain', 'saml.example'],
    )
    expect(added).toMatchObject({
      kind: 'saml',
      issuer: provider.entityId,
      entityId: `${origin}/auth/saml/saml`,
    })
    await cli(NewInvitation, 'people', 'invite', 'grace@saml.example', '--role', 'viewer')
    const visitor = browser()
    const away = await visitor.send('/auth/single-sign-on', { email: 'grace@saml.example' })
    const url = /<a class="button" href="([^"]+)"/.exec(away.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const form = { ...(await provider.answer(url, 'grace@saml.example')) }
    const passed = await visitor.send(new URL(added.redirectUrl).pathname, form, 'https://elsewhere.example')
    expect(passed.text).toContain(form.SAMLResponse)
    const arrived = await visitor.send('/auth/saml/saml', form)
    expect(arrived).toMatchObject({ path: '/auth/account', status: 200 })
    expect(arrived.text).toContain('grace@saml.example · viewer')
    expect(await journey.airlock('sso', 'remove', 'saml')).toMatchObject({ exit: 0 })
    expect((await visitor.get('/auth/account')).path).toBe('/auth/sign-in')
  } finally {
    provider.close()
  }
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
  for (const secret of ['alk_', PASSWORD, 'four other words', '/auth/invitation/', '/auth/reset/'])
    expect(text).not.toContain(secret)
  expect(await server.auditLog()).toMatchObject({ ok: true, findings: [] })
})

/** The token of a command line that the visitor let in. */
async function signedIn(visitor: TestBrowser): Promise<string> {
  const asked = z.looseObject({ deviceCode: z.string(), userCode: z.string() })
  const { deviceCode, userCode } = asked.parse((await visitor.json('/auth/cli/begin', { name: 'x' })).body)
  const page = await visitor.send('/auth/device', { code: userCode })
  const organisation = /name="organisation" value="([^"]+)"/.exec(page.text)?.[1] ?? ''
  await visitor.send('/auth/device/decide', { code: userCode, word: 'allow', organisation })
  const told = (await visitor.json('/auth/cli/token', { deviceCode })).body
  return z.looseObject({ token: z.string() }).parse(told).token
}

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
