import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { headersOf, unsignedCookie } from '#identity/sign-in/browser.ts'
import { limited, SECOND_FACTOR } from '#identity/sign-in/limited.ts'
import { notProven } from '#identity/sign-in/parts.ts'
import { memberOf } from '#policy/actor.ts'
import { personByReference } from '#store/people.ts'
import { addApp, codeAtStep, codesOn, enrol } from '#test/support/authenticator-app.ts'
import { aSignInHouse, PASSWORD, type SignInHouse } from '#test/support/sign-in-house.ts'

let house: SignInHouse
beforeAll(async () => {
  house = await aSignInHouse()
})
afterAll(() => house.close())
beforeEach(() => house.store.identity.query('delete from failures'))

/** Somebody whose password was right, with what their browser keeps until the code is there. */
async function waiting(email: string) {
  const { secret, browser: owner } = await enrol(house, email)
  const browser = house.browser()
  await browser.send('/auth/sign-in', { email, password: PASSWORD })
  return { secret, owner, browser, pending: browser.cookies.get('airlock.two_factor') ?? '' }
}

async function proves(email: string, code: string): Promise<boolean> {
  const { organisation } = house.home
  const person = await house.store.inOrganisation(organisation, (tx) => personByReference(tx, email))
  if (person === undefined) throw new Error(`nobody has the address ${email}`)
  const actor = memberOf(organisation, person, person.role)
  return (await house.signIn.proveSecondFactor(actor, code, '192.0.2.1')).ok
}

const next = (secret: string) => codeAtStep(secret, Date.now(), 1)

describe('guesses at the same moment', () => {
  test('are not more than those one after the other, at an account and from an address', async () => {
    const parts = { ...house, clock: Date.now, engine: undefined as never, random: () => new Uint8Array() }
    let tried = 0
    const guess = (address: string, account?: string) =>
      limited(
        { ...parts, secret: '' },
        { address, ...(account && { account }), ...SECOND_FACTOR },
        async () => {
          tried += 1
          return notProven()
        },
      )
    await Promise.all(Array.from({ length: 50 }, (_, at) => guess(`192.0.2.${at}`, 'somebody')))
    expect(tried).toBe(8)
    await Promise.all(Array.from({ length: 90 }, () => guess('198.51.100.7')))
    expect(tried).toBe(8 + 60)
    const { rows } = await house.store.identity.query(`select locks from failures where key like 'account %'`)
    expect(rows).toEqual([{ locks: 1 }])
  })
})

describe('cookies of somebody with a second factor of their own', () => {
  test('open nobody else’s account with a code that was used, in whatever order and form they stand', async () => {
    const { pending: mine } = await waiting('mine@example.org')
    const { pending: theirs, secret } = await waiting('theirs@example.org')
    const code = await next(secret)
    expect(await proves('theirs@example.org', code)).toBe(true)
    for (const cookie of [
      `airlock.two_factor=${mine}; airlock.two_factor=${theirs}`,
      `airlock.two_factor=${theirs}; airlock.two_factor=${mine}`,
      `__Host-airlock.two_factor=${mine}; airlock.two_factor=${theirs}`,
      `airlock.two_factor =${theirs}; airlock.two_factor=${mine}`,
      `airlock.two_factor="${theirs}"; airlock.two_factor=${mine}`,
      `x; airlock.two_factor=${theirs}; =; airlock.two_factor=${mine}`,
    ]) {
      const taken = await house.signIn.secondFactor({ cookie, userAgent: '', address: '192.0.2.2' }, code)
      expect({ cookie, ok: taken.ok }).toEqual({ cookie, ok: false })
    }
  })

  test('do not make of a stolen session a place to guess its owner’s codes', async () => {
    const mine = await waiting('thief@example.org')
    const theirs = await waiting('robbed@example.org')
    const stolen = theirs.owner.cookies.get('airlock.session_token') ?? ''
    const cookie = `airlock.session_token=${stolen}; airlock.two_factor=${mine.pending}`
    const guess = await house.signIn.secondFactor(
      { cookie, userAgent: '', address: '192.0.2.2' },
      await next(theirs.secret),
    )
    expect(guess.ok).toBe(false)
  })
})

describe('a cookie that another host of the domain planted', () => {
  test('is not ours with https, whatever it is for: neither we nor the engine see it', () => {
    const cookie =
      'airlock.relay_state=planted.sig; airlock.session_token=planted.sig; __Host-airlock.state=ours.sig'
    const browser = { cookie, userAgent: undefined, address: '192.0.2.1' }
    const origin = 'https://airlock.example.org'
    expect(unsignedCookie(browser, origin, 'relay_state')).toBeUndefined()
    expect(unsignedCookie(browser, origin, 'state')).toBe('ours')
    expect(headersOf(browser, origin).get('cookie')).toBe('__Host-airlock.state=ours.sig')
  })
})

describe('a stolen session', () => {
  test('does not keep its owner from signing in by guessing where an app is added', async () => {
    const { owner, browser, secret } = await waiting('locked@example.org')
    for (let times = 0; times < 9; times += 1)
      await owner.send('/auth/account/second-factor/confirm', { code: '000000' })
    const code = { code: await next(secret) }
    expect(await browser.send('/auth/second-factor', code)).toMatchObject({ path: '/auth/account' })
  })

  test('of somebody without a password changes no second factor without a code of it, and gets no younger', async () => {
    const browser = await house.member('vouched@example.org')
    const { identity: db } = house.store
    await db.query(`delete from account where "userId" = (select id from "user" where email = $1)`, [
      'vouched@example.org',
    ])
    const ends = [new Date(Date.now() - 600_000), new Date(Date.now() + 600_000)]
    const mine = `"userId" = (select id from "user" where email = 'vouched@example.org')`
    await db.query(`update session set "createdAt" = $1, "expiresAt" = $2 where ${mine}`, ends)
    const { secret, backupCodes } = await addApp(browser, '')
    const change = (what: string, code: string) => browser.send(`/auth/account/${what}`, { code })
    for (const what of ['second-factor/remove', 'backup-codes'])
      for (const code of ['', '000000', 'abcde-fghij'])
        expect(await change(what, code)).toMatchObject({ status: 401, title: 'Grace' })
    const renewed = await change('backup-codes', await next(secret))
    expect(renewed.title).toBe('New backup codes')
    const remove = (code = '') => change('second-factor/remove', code)
    expect(await remove(await next(secret))).toMatchObject({ status: 401 })
    expect(await remove(backupCodes[0])).toMatchObject({ status: 401 })
    expect(await remove(codesOn(renewed.text)[0])).toMatchObject({ status: 200, title: 'Grace' })
    const { rows } = await db.query(`select "createdAt", "expiresAt" from session where ${mine}`)
    expect(rows).toEqual([{ createdAt: ends[0], expiresAt: ends[1] }])
  })
})
