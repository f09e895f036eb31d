import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WhoAmI } from '#contract/api.ts'
import { personByReference, removePerson } from '#store/people.ts'
import { linkIdentity } from '#store/person-identities.ts'
import type { TestBrowser } from '#test/support/browser.ts'
import { MORNING } from '#test/support/database.ts'
import { aSignInHouse, type SignInHouse } from '#test/support/sign-in-house.ts'

let house: SignInHouse
let browser: TestBrowser
beforeAll(async () => {
  house = await aSignInHouse()
  browser = await house.member('page@example.org')
})
afterAll(() => house.close())

const cookiesOf = ({ cookies }: TestBrowser) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** What a page of ours sends, unless something else is said. */
async function ask(
  method: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  path = '/v1/me',
) {
  const sent = new Headers()
  const ours = {
    ...{ host: 'localhost:7411', cookie: cookiesOf(browser), 'sec-fetch-site': 'same-origin' },
    ...(method === 'GET' ? {} : { origin: house.origin, 'airlock-browser': '1' }),
  }
  for (const [name, value] of Object.entries({ ...ours, ...headers }))
    if (value !== undefined) sent.set(name, value)
  return house.http.request(`${house.origin}${path}`, { method, headers: sent })
}

const REMOVE = '/v1/keys/tok_00000000000000000000'

describe('a session', () => {
  test('lets a page of ours ask the API, as the person in their first organisation, from the portal', async () => {
    const response = await ask('GET')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({
      person: { email: 'page@example.org' },
      role: 'developer',
      organisation: house.home.organisation,
    })
    expect((await ask('DELETE', {}, REMOVE)).status).toBe(204)
  })

  test('is not taken from another page: another site, another port, a link, a form, or with no word of a browser', async () => {
    const forged: Readonly<Record<string, string | undefined>>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': undefined, origin: 'http://localhost:3000' },
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { host: '127.0.0.1:7411' },
      { host: 'localhost:7412' },
    ]
    for (const headers of forged)
      for (const [method, path] of [
        ['GET', '/v1/me'],
        ['DELETE', REMOVE],
      ] as const)
        expect((await ask(method, headers, path)).status).toBe(403)
    const unsafe = [{ origin: undefined }, { 'airlock-browser': undefined }, { 'airlock-browser': 'yes' }]
    for (const headers of unsafe) expect((await ask('DELETE', headers, REMOVE)).status).toBe(403)
    expect((await ask('GET', { 'sec-fetch-site': undefined })).status).toBe(403)
    expect((await ask('GET', { 'sec-fetch-site': undefined, 'airlock-browser': '1' })).status).toBe(200)
    expect((await ask('DELETE', { 'sec-fetch-site': undefined }, REMOVE)).status).toBe(204)
  })

  test('of which a letter is changed, that is doubled, or of another name, is nothing', async () => {
    const [name = '', value = ''] = [...browser.cookies][0] ?? []
    const changed = value.replace(/^./, (letter) => (letter === 'a' ? 'b' : 'a'))
    const [token = ''] = decodeURIComponent(value).split('.')
    const cookies = [
      `${name}=${changed}`,
      `${name}=${token}`,
      `${name}=${token}.${'A'.repeat(43)}%3D`,
      `${name}=${value}; ${name}=${value}`,
      `__Host-${name}=${value}`,
      `${name}=%`,
      'a=b',
    ]
    for (const cookie of cookies) expect((await ask('GET', { cookie })).status).toBe(401)
  })

  test('is one only with our cookie: those of others on this host make no difference', async () => {
    const others = { cookie: 'a=b; not-airlock.session_token=x', 'sec-fetch-site': 'none' }
    expect((await ask('GET', others)).status).toBe(401)
  })

  test('is not looked at where there is a token', async () => {
    expect((await ask('GET', { authorization: `Bearer alk_${'0'.repeat(52)}` })).status).toBe(401)
  })

  test('of a member of two organisations is of the one that is named, and of no other', async () => {
    const other = await house.anotherOrganisation()
    const { rows } = await house.store.identity.query(
      `select id from "user" where email = 'page@example.org'`,
    )
    await house.store.inOrganisation(other, async (tx) => {
      const person = await tx.selectFrom('people').select('id').executeTakeFirstOrThrow()
      await linkIdentity(tx, { identity: rows[0].id, person: person.id, createdAt: new Date().toISOString() })
    })
    const organisations = [undefined, other, house.home.organisation]
    const answers = await Promise.all(
      organisations.map(async (named) => {
        const response = await ask('GET', { 'airlock-organisation': named })
        return WhoAmI.parse(await response.json()).organisation
      }),
    )
    expect(answers).toEqual([house.home.organisation, other, house.home.organisation])
    expect((await ask('GET', { 'airlock-organisation': 'org_00000000000000000000' })).status).toBe(401)
  })

  test('ends at once: when it is over, when it is ended, when its person is removed', async () => {
    house.stopClock(Date.now() + 12 * 60 * 60 * 1000)
    expect((await ask('GET')).status).toBe(401)
    house.stopClock(undefined)
    const cookie = cookiesOf(browser)
    await browser.send('/auth/sign-out')
    expect((await ask('GET', { cookie })).status).toBe(401)
    const gone = await house.member('gone@example.org')
    expect((await ask('GET', { cookie: cookiesOf(gone) })).status).toBe(200)
    await house.store.inOrganisation(house.home.organisation, async (tx) => {
      const person = await personByReference(tx, 'gone@example.org')
      await removePerson(tx, person?.id ?? '', MORNING)
    })
    expect((await ask('GET', { cookie: cookiesOf(gone) })).status).toBe(401)
  })
})
