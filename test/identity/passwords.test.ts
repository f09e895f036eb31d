import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newResetLink, RESET_MILLISECONDS, resetAddress } from '#identity/sign-in/reset-link.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import type { Role } from '#policy/role.ts'
import { insertAccessToken, listAccessTokens } from '#store/access-tokens.ts'
import { setMemberRole } from '#store/member-role.ts'
import { insertPasswordReset } from '#store/password-resets.ts'
import { personByReference, removePerson } from '#store/people.ts'
import { identityOfPerson, linkIdentity } from '#store/person-identities.ts'
import { addApp, codeAtStep, codesOn, enrol } from '#test/support/authenticator-app.ts'
import type { TestBrowser } from '#test/support/browser.ts'
import { aSignInHouse, PASSWORD, type SignInHouse } from '#test/support/sign-in-house.ts'

const OTHER = 'another four words'

let house: SignInHouse
beforeAll(async () => {
  house = await aSignInHouse()
})
afterAll(() => house.close())
beforeEach(() => house.store.identity.query('delete from failures'))

const signIn = (email: string, password: string) => house.browser().send('/auth/sign-in', { email, password })
const inside = async (browser: TestBrowser) => (await browser.get('/auth/account')).path === '/auth/account'

async function personOf(email: string) {
  const { organisation } = house.home
  const person = await house.store.inOrganisation(organisation, (tx) => personByReference(tx, email))
  if (person === undefined) throw new Error(`nobody has the address ${email}`)
  return person
}

/** The path of a link as `airlock people reset` prints it. */
async function aReset(
  email: string,
  { secondFactor = false, life = RESET_MILLISECONDS } = {},
): Promise<string> {
  const { organisation, person: by } = house.home
  const { id: person } = await personOf(email)
  const link = newResetLink(organisation, (size) => new Uint8Array(randomBytes(size)))
  const now = Date.now()
  await house.store.inOrganisation(organisation, (tx) =>
    insertPasswordReset(tx, {
      id: newId('rst', randomBytes),
      hash: link.hash,
      createdBy: by,
      ...{ person, secondFactor, createdAt: instantOf(now), expiresAt: instantOf(now + life) },
    }),
  )
  return new URL(resetAddress(house.origin, link)).pathname
}

describe('changing the password', () => {
  test('wants the one there is, and ends every other session', async () => {
    const browser = await house.member('change@example.org')
    const other = house.browser()
    await other.send('/auth/sign-in', { email: 'change@example.org', password: PASSWORD })
    const wrong = await browser.send('/auth/account/password', { current: 'not this one', password: OTHER })
    expect(wrong).toMatchObject({ status: 401, path: '/auth/account/password' })
    const short = await browser.send('/auth/account/password', { current: PASSWORD, password: 'short' })
    expect(short).toMatchObject({ status: 400, problem: expect.stringContaining('12 to 200') })
    expect(await Promise.all([inside(browser), inside(other)])).toEqual([true, true])
    const kept = browser.cookies.get('airlock.session_token')
    const done = await browser.send('/auth/account/password', { current: PASSWORD, password: OTHER })
    expect(done.text).toContain('Your password is changed')
    expect(browser.cookies.get('airlock.session_token')).not.toBe(kept)
    expect(await Promise.all([inside(browser), inside(other)])).toEqual([true, false])
    expect(await signIn('change@example.org', PASSWORD)).toMatchObject({ status: 401 })
    expect(await signIn('change@example.org', OTHER)).toMatchObject({ path: '/auth/account' })
    expect(await house.log()).toContain('password.changed')
  })

  test('is locked like signing in: the session of somebody else guesses no password', async () => {
    const browser = await house.member('stolen@example.org')
    const guesses = await Promise.all(
      Array.from({ length: 10 }, () =>
        browser.send('/auth/account/password', { current: 'a guess of mine', password: OTHER }),
      ),
    )
    expect(guesses.every(({ status }) => status === 401)).toBe(true)
    const right = await browser.send('/auth/account/password', { current: PASSWORD, password: OTHER })
    expect(right).toMatchObject({ status: 401 })
  })
})

describe('a link to choose a new password', () => {
  test('ends what a thief let in and no command line has fetched yet, and the locks they left', async () => {
    const thief = await house.member('let-in@example.org')
    const asked = await house.signIn.askForDevice({ name: 'cli', address: '192.0.2.3' })
    if (!asked.ok) throw new Error(asked.failure.message)
    const { organisation } = house.home
    const decided = { code: asked.value.userCode, organisation, word: 'allow' }
    expect(await thief.send('/auth/device/decide', decided)).toMatchObject({ title: 'Done' })
    for (let times = 0; times < 8; times += 1)
      await thief.send('/auth/account/second-factor/confirm', { code: '000000' })
    const owner = house.browser()
    await owner.send(await aReset('let-in@example.org'), { password: OTHER })
    await addApp(owner, OTHER)
    expect((await owner.get('/auth/account')).text).toContain('New backup codes')
    expect(await house.signIn.askedForDevice(asked.value.deviceCode)).toEqual({ state: 'over' })
  })

  test('does so once, signs in, and throws everybody else out, command lines too', async () => {
    const browser = await house.member('forgot@example.org')
    const { id: person } = await personOf('forgot@example.org')
    const { organisation } = house.home
    const now = instantOf(Date.now())
    const tokens = [
      { kind: 'cli' as const, name: 'a laptop', expiresAt: '2099-01-01T00:00:00.000Z' },
      { kind: 'cli' as const, name: 'this machine' },
      { kind: 'key' as const, name: 'nightly', expiresAt: '2099-01-01T00:00:00.000Z' },
    ]
    await house.store.inOrganisation(organisation, async (tx) => {
      for (const token of tokens)
        await insertAccessToken(tx, {
          ...{ hash: tokenHash(newToken(randomBytes)), person, createdAt: now, ...token },
        })
    })
    for (let times = 0; times < 9; times += 1) await signIn('forgot@example.org', 'what was it')
    const path = await aReset('forgot@example.org')
    for (let times = 0; times < 2; times += 1)
      expect((await house.browser().get(path)).text).toContain('forgot@example.org')
    expect(await house.browser().send(path, { password: 'short' })).toMatchObject({ status: 400 })
    expect(await inside(browser)).toBe(true)
    expect(await house.browser().send(path, { password: OTHER })).toMatchObject({ path: '/auth/account' })
    expect(await inside(browser)).toBe(false)
    expect(await house.browser().send(path, { password: PASSWORD })).toMatchObject({ status: 404 })
    expect(await signIn('forgot@example.org', OTHER)).toMatchObject({ path: '/auth/account' })
    const left = await house.store.inOrganisation(organisation, (tx) => listAccessTokens(tx, person))
    expect(left.map(({ name }) => name).sort()).toEqual(['nightly', 'this machine'])
    expect(await house.log()).toContain('password.reset')
  })

  test('counts for one of two who use it at the same moment', async () => {
    await house.member('race@example.org')
    const path = await aReset('race@example.org')
    const shown = await Promise.all(
      [OTHER, PASSWORD].map((password) => house.browser().send(path, { password })),
    )
    expect(shown.map(({ status }) => status).sort()).toEqual([200, 404])
  })

  test('leaves the second factor, which is asked for, unless it is made for somebody who has lost it', async () => {
    const { secret } = await enrol(house, 'lost@example.org')
    const first = house.browser()
    const kept = await first.send(await aReset('lost@example.org'), { password: OTHER })
    expect(kept).toMatchObject({ path: '/auth/second-factor' })
    expect(await inside(first)).toBe(false)
    const code = await codeAtStep(secret, Date.now(), 1)
    expect(await first.send('/auth/second-factor', { code })).toMatchObject({ path: '/auth/account' })
    const path = await aReset('lost@example.org', { secondFactor: true })
    expect((await house.browser().get(path)).text).toContain(
      'Your authenticator app and your passkeys are removed',
    )
    const second = await house.browser().send(path, { password: PASSWORD })
    expect(second).toMatchObject({ path: '/auth/account', status: 200 })
    expect(second.text).toContain('Add an authenticator app')
  })

  test('is nothing: over, replaced by a newer one, of somebody who was removed, or with another letter', async () => {
    await house.member('late@example.org')
    const late = await aReset('late@example.org', { life: -1 })
    const older = await aReset('late@example.org')
    const newer = await aReset('late@example.org')
    const other = newer.replace(/org_[0-9a-z]{20}/, 'org_00000000000000000000')
    for (const path of [late, older, other, `${newer.slice(0, -1)}_`, '/auth/reset/nothing']) {
      expect(await house.browser().get(path)).toMatchObject({ status: 404, title: 'New password' })
      expect(await house.browser().send(path, { password: OTHER })).toMatchObject({ status: 404 })
    }
    const { id } = await personOf('late@example.org')
    await house.store.inOrganisation(house.home.organisation, (tx) =>
      removePerson(tx, id, instantOf(Date.now())),
    )
    expect(await house.browser().send(newer, { password: OTHER })).toMatchObject({ status: 404 })
    expect(await signIn('late@example.org', PASSWORD)).toMatchObject({ path: '/auth/account' })
  })

  test('is over when its person was given another role: who made it may not have the rights for that one', async () => {
    await house.member('risen@example.org')
    const path = await aReset('risen@example.org')
    const { id } = await personOf('risen@example.org')
    const at = instantOf(Date.now() + 1_000)
    await house.store.inOrganisation(house.home.organisation, (tx) =>
      setMemberRole(tx, 'people', id, { before: 'developer', role: 'owner', at }),
    )
    expect(await house.browser().send(path, { password: OTHER })).toMatchObject({ status: 404 })
  })

  test('is over when whoever made it could not make it any more', async () => {
    await house.member('kept@example.org')
    const path = await aReset('kept@example.org')
    const { organisation, person } = house.home
    const turn = (before: Role, role: Role) =>
      house.store.inOrganisation(organisation, (tx) =>
        setMemberRole(tx, 'people', person.id, { before, role, at: '2026-01-31T08:00:00.000Z' }),
      )
    await turn('owner', 'maintainer')
    expect(await house.browser().send(path, { password: OTHER })).toMatchObject({ status: 404 })
    await turn('maintainer', 'owner')
    expect(await house.browser().send(path, { password: OTHER })).toMatchObject({ status: 200 })
  })

  test('of one organisation opens nobody’s way into another', async () => {
    await house.member('both@example.org')
    const path = await aReset('both@example.org')
    const { organisation } = house.home
    const { id } = await personOf('both@example.org')
    const identity = await house.store.inOrganisation(organisation, (tx) => identityOfPerson(tx, id))
    expect(await house.signIn.whyNotReset(organisation, identity ?? '')).toBeUndefined()
    const other = await house.anotherOrganisation()
    await house.store.inOrganisation(other, async (tx) => {
      const person = await tx.selectFrom('people').select('id').executeTakeFirstOrThrow()
      await linkIdentity(tx, {
        identity: identity ?? '',
        person: person.id,
        createdAt: instantOf(Date.now()),
      })
    })
    expect(await house.signIn.whyNotReset(organisation, identity ?? '')).toBe('elsewhere')
    expect(await house.browser().send(path, { password: OTHER })).toMatchObject({ status: 404 })
    expect(await signIn('both@example.org', PASSWORD)).toMatchObject({ path: '/auth/account' })
  })
})

describe('backup codes', () => {
  test('can be made anew with the password, and the old ones are gone', async () => {
    const { browser, backupCodes } = await enrol(house, 'codes@example.org')
    const wrong = await browser.send('/auth/account/backup-codes', { password: 'not this one' })
    expect(wrong).toMatchObject({ status: 401 })
    const codes = codesOn((await browser.send('/auth/account/backup-codes', { password: PASSWORD })).text)
    expect(new Set([...codes, ...backupCodes]).size).toBe(20)
    const later = house.browser()
    await later.send('/auth/sign-in', { email: 'codes@example.org', password: PASSWORD })
    expect(await later.send('/auth/second-factor', { code: backupCodes[0] ?? '' })).toMatchObject({
      status: 401,
    })
    expect(await later.send('/auth/second-factor', { code: codes[0] ?? '' })).toMatchObject({
      path: '/auth/account',
    })
  })

  test('are kept so that the database does not show them', async () => {
    const { backupCodes, secret } = await enrol(house, 'sealed@example.org')
    const { rows } = await house.store.identity.query('select * from "twoFactor"')
    const kept = JSON.stringify(rows)
    for (const text of [...backupCodes, secret]) expect(kept).not.toContain(text)
  })
})

describe('the QR code', () => {
  test('is a picture of squares on the page: no script, no style, no file, and no text of the key in it', async () => {
    const browser = await house.member('square@example.org')
    const page = await browser.send('/auth/account/second-factor', { password: PASSWORD })
    const picture = /<svg class="qr".*?<\/svg>/s.exec(page.text)?.[0] ?? ''
    expect(picture).toMatch(/^<svg [^<>]*><path d="(M\d+ \d+h1v1h-1z)+"\/><\/svg>$/)
    expect(page.headers.get('content-security-policy')).not.toContain('unsafe')
  })
})
