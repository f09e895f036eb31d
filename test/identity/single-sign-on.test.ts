import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { discoverProvider } from '#identity/sign-in/discover-provider.ts'
import { memberOf } from '#policy/actor.ts'
import { insertPerson, personByReference } from '#store/people.ts'
import { addApp, codeAtStep } from '#test/support/authenticator-app.ts'
import type { TestBrowser } from '#test/support/browser.ts'
import { MORNING } from '#test/support/database.ts'
import { aProvider, type TestProvider } from '#test/support/identity-provider.ts'
import { aSignInHouse, type SignInHouse } from '#test/support/sign-in-house.ts'

let house: SignInHouse
let provider: TestProvider
beforeAll(async () => {
  house = await aSignInHouse()
  provider = await aProvider(`${house.origin}/auth/engine/sso/callback/example`)
  const { issuer, clientId, clientSecret } = provider
  const discovered = await discoverProvider(issuer, house.origin)
  if (!discovered.ok) throw new Error(discovered.failure.message)
  const { organisation } = house.home
  await house.signIn.providers.add({
    ...{ id: 'example', organisation, domain: 'example.org' },
    oidc: { ...discovered.value, clientId, clientSecret, acceptsUnverified: false },
  })
})
afterAll(async () => {
  provider.close()
  await house.close()
})

/** From our page to the provider's and back, as whoever they say they are there. */
async function comeIn(browser: TestBrowser, email: string, as = email) {
  const page = await browser.send('/auth/single-sign-on', { email })
  const url = /<a class="button" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const back = new URL(await provider.signIn(url, as))
  return {
    back: `${back.pathname}${back.search}`,
    arrived: await browser.get(`${back.pathname}${back.search}`),
  }
}

describe('single sign-on', () => {
  test('makes the member whom the provider vouches for, and knows them again', async () => {
    const { organisation } = house.home
    await house.store.inOrganisation(organisation, (tx) =>
      insertPerson(tx, {
        id: 'usr_grace',
        name: 'Grace',
        email: 'Grace@example.org',
        role: 'viewer',
        createdAt: MORNING,
      }),
    )
    for (let times = 0; times < 2; times += 1) {
      const { arrived } = await comeIn(house.browser(), 'grace@example.org')
      expect(arrived).toMatchObject({ path: '/auth/account', status: 200, title: 'grace of the provider' })
      expect(arrived.text).toContain('grace@example.org · viewer')
    }
    expect(await house.log()).toEqual(['identity.linked', 'session.created', 'session.created'])
  })

  test('accepts the open invitation of that address', async () => {
    await house.invite('invited@example.org', 'maintainer')
    const { arrived } = await comeIn(house.browser(), 'invited@example.org')
    expect(arrived.text).toContain('invited@example.org · maintainer')
  })

  test('lets in nobody who was not invited, nobody of another domain, and makes no account of them', async () => {
    const strangers = ['stranger@example.org', 'ada@evil.example']
    for (const as of strangers) {
      const { arrived } = await comeIn(house.browser(), 'somebody@example.org', as)
      expect(arrived).toMatchObject({
        status: 401,
        title: 'Sign in',
        problem: expect.stringContaining('did not let you in'),
      })
    }
    const { rows } = await house.store.identity.query('select email from "user" where email = any ($1)', [
      strangers,
    ])
    expect(rows).toEqual([])
  })

  test('believes no address that the provider does not call verified, unless an owner says so', async () => {
    await house.invite('unverified@example.org')
    provider.unverified.add('unverified@example.org')
    const come = async () => (await comeIn(house.browser(), 'unverified@example.org')).arrived
    expect(await come()).toMatchObject({ status: 401, title: 'Sign in' })
    const { rows } = await house.store.identity.query(
      `select 1 from "user" where email = 'unverified@example.org'`,
    )
    expect(rows).toEqual([])
    const before = house.signIn.providers.byId('example')
    if (before === undefined || !('oidc' in before)) throw new Error('the provider is gone')
    await house.store.identity.query('delete from "ssoProvider"')
    await house.signIn.providers.add({ ...before, oidc: { ...before.oidc, acceptsUnverified: true } })
    expect(await come()).toMatchObject({ path: '/auth/account', status: 200 })
  })

  test('does not take over an account that has a password', async () => {
    await house.member('taken@example.org')
    const { arrived } = await comeIn(house.browser(), 'taken@example.org')
    expect(arrived).toMatchObject({ status: 401, title: 'Sign in' })
  })

  test('gives whom it brings in no password, and yet a second factor, a moment after signing in only', async () => {
    await house.invite('factor@example.org')
    const browser = house.browser()
    const { arrived } = await comeIn(browser, 'factor@example.org')
    expect(arrived.text).not.toContain('name="password"')
    house.stopClock(Date.now() + 16 * 60_000)
    const late = await browser.send('/auth/account/second-factor')
    expect(late).toMatchObject({ status: 401, problem: expect.stringContaining('not for long enough ago') })
    house.stopClock(undefined)
    const { secret } = await addApp(browser, '')
    const { organisation } = house.home
    const person = await house.store.inOrganisation(organisation, (tx) =>
      personByReference(tx, 'factor@example.org'),
    )
    if (person === undefined) throw new Error('nobody came in')
    const actor = memberOf(organisation, person, person.role)
    const code = await codeAtStep(secret, Date.now(), 1)
    expect((await house.signIn.proveSecondFactor(actor, code, '192.0.2.1')).ok).toBe(true)
    const change = { current: '', password: 'four words of mine' }
    expect(await browser.send('/auth/account/password', change)).toMatchObject({ status: 401 })
    expect((await comeIn(house.browser(), 'factor@example.org')).arrived.path).toBe('/auth/account')
  })

  test('an answer that is none ends at the sign-in page, whatever it is', async () => {
    const ways = [
      '/auth/engine/sso/callback/example',
      '/auth/engine/sso/callback/example?code=x&state=y',
      '/auth/engine/sso/callback/example?error=access_denied&error_description=%3Cscript%3E',
      '/auth/engine/sso/callback/nobody?code=x&state=y',
      '/auth/engine/sso/callback/%00?code=x&state=2fa-x',
      `/auth/engine/sso/callback/example?code=x&state=${'y'.repeat(3_000)}`,
    ]
    for (const path of ways)
      expect(await house.browser().get(path)).toMatchObject({
        path: '/auth/sign-in?refused=provider',
        status: 401,
      })
  })

  test('of a domain that no provider is for is refused like everything else', async () => {
    const page = await house.browser().send('/auth/single-sign-on', { email: 'ada@sub.example.org' })
    expect(page).toMatchObject({ status: 401, title: 'Sign in' })
  })

  test('takes an answer once, and only in the browser that asked', async () => {
    const browser = house.browser()
    const page = await browser.send('/auth/single-sign-on', { email: 'grace@example.org' })
    const url = /<a class="button" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const back = new URL(await provider.signIn(url, 'grace@example.org'))
    const path = `${back.pathname}${back.search}`
    expect((await house.browser().get(path)).path).not.toBe('/auth/account')
    const again = house.browser()
    const { back: used } = await comeIn(again, 'grace@example.org')
    const other = house.browser()
    for (const [name, value] of again.cookies) if (!name.includes('session')) other.cookies.set(name, value)
    expect((await other.get(used)).path).not.toBe('/auth/account')
  })

  test('keeps the client secret encrypted', async () => {
    const { rows } = await house.store.identity.query('select "oidcConfig" as config from "ssoProvider"')
    expect(rows).toHaveLength(1)
    expect(rows[0].config).not.toContain('secret')
  })

  test('ends with its provider, and another of that name finds nobody', async () => {
    const gone = await house.signIn.providers.remove('example')
    expect(gone).toHaveLength(4)
    const { rows } = await house.store.identity.query(`select 1 from account where "providerId" = 'example'`)
    expect(rows).toEqual([])
  })
})

describe('a provider', () => {
  test('must be who it says it is, and encrypted unless on this machine', async () => {
    const refusals = await Promise.all(
      [`${provider.issuer}/`, 'http://id.example.org', 'http://127.0.0.1:9', 'ftp://127.0.0.1'].map(
        (issuer) => discoverProvider(issuer, house.origin),
      ),
    )
    expect(refusals.map((result) => !result.ok && result.failure.code)).toEqual(
      Array(4).fill('invalid_input'),
    )
  })

  test('is not looked for on this machine by a server that others reach', async () => {
    const refused = await discoverProvider(provider.issuer, 'https://airlock.example.org')
    expect(refused).toMatchObject({ ok: false, failure: { rule: 'sign-in.provider' } })
  })
})
