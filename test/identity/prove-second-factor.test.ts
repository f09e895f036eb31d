import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Actor, memberOf } from '#policy/actor.ts'
import { personByReference } from '#store/people.ts'
import { codeAtStep, enrol } from '#test/support/authenticator-app.ts'
import { aSignInHouse, PASSWORD, type SignInHouse } from '#test/support/sign-in-house.ts'

/** Some time after what was enrolled, and standing still: nothing here depends on when a step begins. */
const LATER = Date.now() + 60 * 60 * 1000

let house: SignInHouse
beforeAll(async () => {
  house = await aSignInHouse()
})
afterAll(() => house.close())
afterEach(async () => {
  house.stopClock(undefined)
  await house.store.identity.query('delete from failures')
})

async function actorFor(email: string): Promise<Actor> {
  const { organisation } = house.home
  const person = await house.store.inOrganisation(organisation, (tx) => personByReference(tx, email))
  if (person === undefined) throw new Error(`nobody has the address ${email}`)
  return memberOf(organisation, person, person.role)
}

async function enrolled(email: string) {
  const { secret } = await enrol(house, email)
  const actor = await actorFor(email)
  house.stopClock(LATER)
  return {
    secret,
    actor,
    code: (steps: number) => codeAtStep(secret, LATER, steps),
    prove: async (code: string, address = '192.0.2.1') =>
      (await house.signIn.proveSecondFactor(actor, code, address)).ok,
  }
}

describe('a second factor for one action', () => {
  test('counts once, in order, and only near its time', async () => {
    const { code, prove } = await enrolled('once@example.org')
    expect(await prove(await code(-2))).toBe(false)
    expect(await prove(await code(2))).toBe(false)
    expect(await prove(await code(0))).toBe(true)
    expect(await prove(await code(0))).toBe(false)
    expect(await prove(await code(-1))).toBe(false)
    expect(await prove(await code(1))).toBe(true)
  })

  test('used by two at the same moment, counts for one', async () => {
    const { code, prove } = await enrolled('two@example.org')
    const right = await code(0)
    const proven = await Promise.all([prove(right), prove(right), prove(right)])
    expect(proven.filter(Boolean)).toHaveLength(1)
  })

  test('that was used here does not open a session, nor the other way round', async () => {
    const { secret, used } = await enrol(house, 'both@example.org')
    const actor = await actorFor('both@example.org')
    expect((await house.signIn.proveSecondFactor(actor, used, '192.0.2.1')).ok).toBe(false)
    const next = await codeAtStep(secret, Date.now(), 1)
    expect((await house.signIn.proveSecondFactor(actor, next, '192.0.2.1')).ok).toBe(true)
    const thief = house.browser()
    await thief.send('/auth/sign-in', { email: 'both@example.org', password: PASSWORD })
    expect(await thief.send('/auth/second-factor', { code: next })).toMatchObject({ status: 401 })
  })

  test('is not looked at any more after eight wrong ones, from wherever; each lock is longer, and is in the log', async () => {
    const { code, prove, secret } = await enrolled('guess@example.org')
    const wrong = await code(40)
    for (let times = 0; times < 8; times += 1) expect(await prove(wrong, `192.0.2.${times}`)).toBe(false)
    expect(await prove(await code(0))).toBe(false)
    expect(await house.log()).toContain('sign-in.locked')
    const owner = house.browser()
    await owner.send('/auth/sign-in', { email: 'guess@example.org', password: PASSWORD })
    house.stopClock(undefined)
    const shown = { code: await codeAtStep(secret, Date.now(), 1) }
    expect(await owner.send('/auth/second-factor', shown)).toMatchObject({ path: '/auth/account' })
    house.stopClock(LATER)
    const locked = async () => {
      const { rows } = await house.store.identity.query(
        `select extract(epoch from locked_until - $1::timestamptz)::int as seconds from failures where key like 'account %'`,
        [new Date(LATER)],
      )
      return rows[0].seconds
    }
    expect(await locked()).toBe(15 * 60)
    for (const minutes of [30, 60]) {
      await house.store.identity.query(`update failures set locked_until = $1`, [new Date(LATER - 1)])
      for (let times = 0; times < 8; times += 1) await prove(wrong, '192.0.2.9')
      expect(await locked()).toBe(minutes * 60)
    }
  })

  test('can be proven by nobody without one: not begun with, not a service account, not somebody without an account', async () => {
    const browser = await house.member('begun@example.org')
    await browser.send('/auth/account/second-factor', { password: PASSWORD })
    const begun = await actorFor('begun@example.org')
    const token = await actorFor(house.home.person.email)
    for (const actor of [begun, { ...begun, kind: 'ServiceAccount' as const }, token])
      expect(await house.signIn.proveSecondFactor(actor, '000000', '192.0.2.1')).toMatchObject({
        ok: false,
        failure: { rule: 'confirmation.second-factor', message: expect.stringContaining('no second factor') },
      })
  })
})
