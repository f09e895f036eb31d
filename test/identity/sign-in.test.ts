import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { neighbourhood } from '#identity/sign-in/limited.ts'
import type { Role } from '#policy/role.ts'
import { setMemberRole } from '#store/member-role.ts'
import { personByReference, removePerson } from '#store/people.ts'
import { codeAtStep, enrol } from '#test/support/authenticator-app.ts'
import type { TestBrowser } from '#test/support/browser.ts'
import { aSignInHouse, PASSWORD, type SignInHouse } from '#test/support/sign-in-house.ts'

let house: SignInHouse
beforeAll(async () => {
  house = await aSignInHouse()
})
afterAll(() => house.close())
beforeEach(() => house.store.identity.query('delete from failures'))

const signIn = (browser: TestBrowser, email: string, password = PASSWORD) =>
  browser.send('/auth/sign-in', { email, password })

const NOT_PROVEN = 'That did not work. Check what you entered. After many tries, wait a quarter of an hour.'

describe('an invitation', () => {
  test('makes a member, once, and opening it changes nothing', async () => {
    const path = await house.invite('once@example.org', 'maintainer')
    const browser = house.browser()
    for (let times = 0; times < 2; times += 1) {
      const page = await browser.get(path)
      expect(page).toMatchObject({ status: 200, title: 'Welcome to Airlock' })
      expect(page.text).toContain('<strong>maintainer</strong>')
    }
    const account = await browser.send(path, { name: 'Grace Hopper', password: PASSWORD })
    expect(account).toMatchObject({ path: '/auth/account', status: 200, title: 'Grace Hopper' })
    expect(account.text).toContain('once@example.org · maintainer')
    const again = await house.browser().send(path, { name: 'Mallory', password: PASSWORD })
    expect(again).toMatchObject({ status: 404, title: 'Invitation' })
    expect(await house.log()).toEqual(expect.arrayContaining(['invitation.accepted', 'session.created']))
  })

  test('ends with the role of whoever made it, and with them', async () => {
    const { organisation, person } = house.home
    const turn = (before: Role, role: Role) =>
      house.store.inOrganisation(organisation, (tx) =>
        setMemberRole(tx, 'people', person.id, { before, role, at: '2026-01-31T08:00:00.000Z' }),
      )
    const path = await house.invite('accomplice@example.org', 'owner')
    const small = await house.invite('colleague@example.org', 'developer')
    const accept = (link: string) => house.browser().send(link, { name: 'Mallory', password: PASSWORD })
    await turn('owner', 'admin')
    expect(await accept(path)).toMatchObject({ status: 404 })
    expect(await accept(small)).toMatchObject({ status: 200 })
    await turn('admin', 'maintainer')
    expect(await accept(await house.invite('third@example.org', 'viewer'))).toMatchObject({ status: 404 })
    await turn('maintainer', 'owner')
    expect(await accept(path)).toMatchObject({ status: 200 })
  })

  test('lets in one of two who use it at the same moment', async () => {
    const path = await house.invite('race@example.org')
    const shown = await Promise.all(
      ['Ann', 'Bob'].map((name) => house.browser().send(path, { name, password: PASSWORD })),
    )
    expect(shown.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('is over when its time is, and is nothing to who changes a letter or the organisation', async () => {
    const late = await house.invite('late@example.org', 'viewer', -1)
    const open = await house.invite('open@example.org')
    const other = open.replace(/org_[0-9a-z]{20}/, 'org_00000000000000000000')
    for (const path of [late, other, `${open.slice(0, -1)}_`, '/auth/invitation/nothing'])
      expect(await house.browser().get(path)).toMatchObject({ status: 404, title: 'Invitation' })
  })

  test('of an address that signs in already wants that one signed in, and no new password', async () => {
    const browser = await house.member('known@example.org')
    const path = await house.invite('KNOWN@example.org')
    const stranger = await house.browser().send(path, { name: 'Mallory', password: PASSWORD })
    expect(stranger).toMatchObject({ status: 401, title: 'Welcome to Airlock' })
    expect((await house.browser().get(path)).text).toContain('Somebody signs in with this address already')
    expect((await browser.get(path)).text).not.toContain('type="password"')
  })

  test('lets somebody begin anew who was removed, and opens nothing of what they had', async () => {
    const old = await house.member('back@example.org')
    await house.store.inOrganisation(house.home.organisation, async (tx) => {
      const person = await personByReference(tx, 'back@example.org')
      await removePerson(tx, person?.id ?? '', new Date().toISOString())
    })
    const path = await house.invite('back@example.org')
    expect((await house.browser().get(path)).text).toContain('Somebody signs in with this address already')
    await house.store.identity.query(
      `update "user" set "createdAt" = now() - interval '1 hour' where email = 'back@example.org'`,
    )
    const anew = { name: 'Grace', password: 'four other words' }
    expect(await house.browser().send(path, anew)).toMatchObject({ path: '/auth/account', status: 200 })
    expect((await old.get('/auth/account')).path).toBe('/auth/sign-in')
    expect(await signIn(house.browser(), 'back@example.org')).toMatchObject({ status: 401 })
  })

  test('of an address that only looks like one is none', async () => {
    const path = await house.invite('ada@localhost')
    for (const email of [
      'gr\u0430ce@example.org',
      '\u212aate@example.org',
      'grace@ex\u0430mple.org',
      'no address',
    ])
      expect(await house.browser().send(path, { name: 'x', email, password: PASSWORD })).toMatchObject({
        status: 400,
        problem: expect.stringContaining('no e-mail address'),
      })
  })

  test('wants a password of some length', async () => {
    const page = await house.browser().send(await house.invite('short@example.org'), { password: 'short' })
    expect(page).toMatchObject({ status: 400, problem: expect.stringContaining('12 to 200 characters') })
  })
})

describe('a password', () => {
  test('opens the account, and its cookie is for this host and no script', async () => {
    await house.member('ada@sign-in.example')
    const browser = house.browser()
    expect((await browser.get('/auth/account')).path).toBe('/auth/sign-in')
    const response = await house.http.request(`${house.origin}/auth/sign-in`, {
      method: 'POST',
      headers: {
        host: 'localhost:7411',
        origin: house.origin,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ email: 'ada@sign-in.example', password: PASSWORD }).toString(),
    })
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(
      /^airlock\.session_token=[^;]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(await signIn(browser, 'Ada@Sign-In.example')).toMatchObject({ path: '/auth/account', status: 200 })
  })

  test('that is wrong, of nobody, of a form that is none, or after a lock, is refused in the same words', async () => {
    await house.member('words@example.org')
    const browser = house.browser()
    const wrong = [
      await signIn(browser, 'words@example.org', 'not this one'),
      await signIn(browser, 'nobody@example.org'),
      await signIn(browser, 'no address'),
      await signIn(browser, '', ''),
    ]
    for (const shown of wrong) expect(shown).toMatchObject({ status: 401, problem: NOT_PROVEN })
  })

  test('is not looked at any more after eight wrong ones, the right one neither, and its owner finds that in the log', async () => {
    await house.member('locked@example.org')
    const browser = house.browser()
    const tries = await Promise.all(
      Array.from({ length: 12 }, () => signIn(browser, 'locked@example.org', 'a wrong password')),
    )
    expect(tries.every(({ status }) => status === 401)).toBe(true)
    expect(await signIn(browser, 'LOCKED@example.org')).toMatchObject({ status: 401, problem: NOT_PROVEN })
    expect((await house.log()).filter((action) => action === 'sign-in.locked')).toHaveLength(1)
    await house.store.identity.query(`update failures set locked_until = now() - interval '1 second'`)
    expect(await signIn(browser, 'locked@example.org')).toMatchObject({ path: '/auth/account' })
  })

  test('no address tries more than sixty of them, whoever they are of', async () => {
    await house.member('sixty@example.org')
    await house.store.identity.query(
      `insert into failures (key, count, since) values ('address 127.0.0.1', 59, now())
       on conflict (key) do update set count = 59`,
    )
    const browser = house.browser()
    expect(await signIn(browser, 'anybody@example.org')).toMatchObject({ status: 401 })
    expect(await signIn(browser, 'sixty@example.org')).toMatchObject({ status: 401, problem: NOT_PROVEN })
  })

  test('a session that was there before is not the one there is after signing in', async () => {
    await house.member('fixed@example.org')
    const browser = house.browser()
    browser.cookies.set('airlock.session_token', 'chosen.by-somebody-else')
    await signIn(browser, 'fixed@example.org')
    expect(browser.cookies.get('airlock.session_token')).not.toContain('chosen')
    const other = house.browser()
    other.cookies.set('airlock.session_token', 'chosen.by-somebody-else')
    expect((await other.get('/auth/account')).path).toBe('/auth/sign-in')
  })
})

describe('a second factor', () => {
  const codeAt = (secret: string, steps: number) => codeAtStep(secret, Date.now(), steps)
  const enrolled = (email: string) => enrol(house, email)

  test('is asked for after the password, a code counts once, and an earlier one never', async () => {
    const { secret, used } = await enrolled('totp@example.org')
    const browser = house.browser()
    expect(await signIn(browser, 'totp@example.org')).toMatchObject({ path: '/auth/second-factor' })
    expect((await browser.get('/auth/account')).path).toBe('/auth/sign-in')
    expect(await browser.send('/auth/second-factor', { code: used })).toMatchObject({ status: 401 })
    const code = await codeAt(secret, 1)
    expect(await browser.send('/auth/second-factor', { code })).toMatchObject({
      path: '/auth/account',
      status: 200,
    })
    const thief = house.browser()
    await signIn(thief, 'totp@example.org')
    for (const seen of [code, await codeAt(secret, 0)])
      expect(await thief.send('/auth/second-factor', { code: seen })).toMatchObject({
        status: 401,
        problem: NOT_PROVEN,
      })
    expect(await house.log()).toContain('second-factor.enrolled')
  })

  test('two who send the same right code at the same moment: one comes in', async () => {
    const { secret } = await enrolled('twice@example.org')
    const browsers = [house.browser(), house.browser()]
    for (const browser of browsers) await signIn(browser, 'twice@example.org')
    const code = await codeAt(secret, 1)
    const shown = await Promise.all(browsers.map((browser) => browser.send('/auth/second-factor', { code })))
    expect(shown.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  test('can be a backup code, each of them once', async () => {
    const { backupCodes } = await enrolled('backup@example.org')
    expect(backupCodes).toHaveLength(10)
    const [code = ''] = backupCodes
    const browsers = [house.browser(), house.browser(), house.browser()]
    for (const browser of browsers) await signIn(browser, 'backup@example.org')
    const shown = await Promise.all(
      browsers.slice(0, 2).map((browser) => browser.send('/auth/second-factor', { code })),
    )
    expect(shown.map(({ status }) => status).sort()).toEqual([200, 401])
    expect(await browsers[2]?.send('/auth/second-factor', { code })).toMatchObject({ status: 401 })
  })

  test('cannot be guessed: after eight wrong codes the right one is refused', async () => {
    const { secret } = await enrolled('guess@example.org')
    for (let times = 0; times < 4; times += 1) {
      const browser = house.browser()
      await signIn(browser, 'guess@example.org')
      for (const code of ['000000', '111111']) await browser.send('/auth/second-factor', { code })
    }
    const browser = house.browser()
    await signIn(browser, 'guess@example.org')
    expect(await browser.send('/auth/second-factor', { code: await codeAt(secret, 1) })).toMatchObject({
      status: 401,
    })
  })

  test('comes away only with the password', async () => {
    const { browser } = await enrolled('remove@example.org')
    expect(
      await browser.send('/auth/account/second-factor/remove', { password: 'not this one' }),
    ).toMatchObject({ status: 401 })
    expect((await browser.send('/auth/account/second-factor/remove', { password: PASSWORD })).text).toContain(
      'Add an authenticator app',
    )
    expect(await house.log()).toContain('second-factor.removed')
  })
})

describe('sessions', () => {
  test('are listed and ended one by one or all others, at once', async () => {
    const browser = await house.member('sessions@example.org')
    const [second, third] = [house.browser(), house.browser()]
    for (const other of [second, third]) await signIn(other, 'sessions@example.org')
    const page = await browser.get('/auth/account')
    const ids = [...page.text.matchAll(/name="session" value="([^"]+)"/g)].map(([, id]) => id ?? '')
    expect(ids).toHaveLength(2)
    await browser.send('/auth/account/sessions', { session: ids[1] ?? '' })
    const inside = async (one: TestBrowser) => (await one.get('/auth/account')).path === '/auth/account'
    expect(await Promise.all([browser, second, third].map(inside))).toEqual([true, false, true])
    await browser.send('/auth/account/sessions')
    expect(await Promise.all([browser, second, third].map(inside))).toEqual([true, false, false])
    const stranger = await house.member('stranger@example.org')
    await stranger.send('/auth/account/sessions', { session: ids[0] ?? '' })
    expect(await inside(browser)).toBe(true)
    expect((await browser.send('/auth/sign-out')).path).toBe('/auth/sign-in')
    expect(await inside(browser)).toBe(false)
  })
})

test('the customers of IPv6 have one address each, and those of mapped ones the one they have', () => {
  const near = ['2001:db8:1:2::1', '2001:DB8:1:2:ffff::9', '2001:0db8:0001:0002:1:2:3:4']
  expect(new Set(near.map(neighbourhood))).toEqual(new Set(['2001:db8:1:2::/64']))
  expect(['2001:db8:1:3::1', '::1', '::ffff:192.0.2.7', '192.0.2.7'].map(neighbourhood)).toEqual([
    '2001:db8:1:3::/64',
    '0:0:0:0::/64',
    '192.0.2.7',
    '192.0.2.7',
  ])
})

describe('the pages', () => {
  test('take no form of another page, none without an origin, and change nothing by GET', async () => {
    const browser = await house.member('forged@example.org')
    for (const origin of ['https://evil.example', 'null', 'http://localhost', 'http://127.0.0.1:7411'])
      expect(await browser.send('/auth/sign-out', {}, origin)).toMatchObject({ status: 403 })
    const bare = await house.http.request(`${house.origin}/auth/sign-in`, {
      method: 'POST',
      headers: { host: 'localhost:7411' },
    })
    expect(bare.status).toBe(403)
    for (const path of ['/auth/sign-out', '/auth/account/sessions', '/auth/device/decide'])
      expect(await browser.get(path)).toMatchObject({ status: 404 })
    expect((await browser.get('/auth/account')).path).toBe('/auth/account')
  })

  test('allow no script but their own file, no frame and no cache', async () => {
    const { headers, text } = await house.browser().get('/auth/sign-in')
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(text).not.toMatch(/<script(?! src)| style=| on[a-z]+=/)
  })

  test('let nobody begin without end what leaves a row behind', async () => {
    await house.store.identity.query(
      `insert into failures (key, count, since) values ('begun 127.0.0.1', 99, now())`,
    )
    const begin = async () => (await house.browser().json('/auth/cli/begin', { name: 'x' })).status
    expect([await begin(), await begin()]).toEqual([200, 401])
    const challenge = await house.browser().json('/auth/passkey/challenge', { purpose: 'sign-in' })
    expect(challenge.status).toBe(401)
  })

  test('write what somebody typed as text', async () => {
    const page = await house
      .browser()
      .send('/auth/sign-in', { email: '"><script>alert(1)</script>', password: 'x' })
    expect(page.text).toContain('&quot;&gt;&lt;script&gt;')
    const path = await house.invite('text@example.org')
    const account = await house.browser().send(path, { name: '<img src=x>', password: PASSWORD })
    expect(account.title).toBe('&lt;img src=x&gt;')
  })

  test('lead on to nobody else', async () => {
    const browser = await house.member('next@example.org')
    for (const next of ['//evil.example', 'https://evil.example', '/auth/../v1/me', '/auth/device/x'])
      expect((await browser.get(`/auth/sign-in?next=${encodeURIComponent(next)}`)).path).toBe('/auth/account')
    expect((await browser.get('/auth/sign-in?next=/auth/device')).path).toBe('/auth/device')
  })

  test('none of the engine’s own endpoints is there', async () => {
    for (const path of [
      'sign-up/email',
      'sign-in/email',
      'get-session',
      'list-sessions',
      'sso/register',
      'update-user',
    ])
      for (const method of ['GET', 'POST'])
        expect(
          (
            await house.http.request(`${house.origin}/auth/engine/${path}`, {
              method,
              headers: { host: 'localhost:7411', origin: house.origin, 'content-type': 'application/json' },
              ...(method === 'POST' ? { body: '{}' } : {}),
            })
          ).status,
        ).toBe(404)
  })

  test('with https, cookies bear the __Host- prefix and are for https alone', async () => {
    const secure = await aSignInHouse('https://airlock.example')
    try {
      const path = await secure.invite('secure@example.org')
      const response = await secure.http.request(`${secure.origin}${path}`, {
        method: 'POST',
        headers: {
          host: 'airlock.example',
          origin: secure.origin,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ name: 'Grace', password: PASSWORD }).toString(),
      })
      expect(response.headers.getSetCookie()[0]).toMatch(
        /^__Host-airlock\.session_token=[^;]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      )
    } finally {
      await secure.close()
    }
  })
})
