import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Listening, listen } from '#http/listen.ts'
import { aSignInHouse, PASSWORD, type SignInHouse } from '#test/support/sign-in-house.ts'

const CHROMIUM = '/usr/bin/chromium'

/** A real browser with a virtual authenticator: what WebAuthn is, and no script of ours pretends to be. */
describe.skipIf(!existsSync(CHROMIUM))('a passkey', () => {
  let house: SignInHouse
  let door: Listening
  let browser: Browser
  let origin: string
  beforeAll(async () => {
    const port = 20_000 + (process.pid % 20_000)
    origin = `http://localhost:${port}`
    house = await aSignInHouse(origin)
    const opened = await listen(house.http, port)
    if (!opened.ok) throw new Error(opened.failure.message)
    door = opened.value
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    await door.close()
    await house.close()
  })

  test('is added on the account page and opens it alone; without asking for its owner it opens nothing', async () => {
    const { page, authenticator, violations } = await aPage(browser)
    await page.goto(`${origin}${await house.invite('key@example.org')}`)
    await page.getByLabel('A password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Accept' }).click()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByRole('button', { name: 'Remove This device' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()

    await authenticator.verifyUser(false)
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page
      .getByRole('alert')
      .filter({ hasText: /No passkey was used|did not work/ })
      .waitFor()
    expect(await page.evaluate(withoutVerification)).toBe(401)
    await authenticator.verifyUser(true)
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.getByRole('heading', { name: 'Grace' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/auth/account')
    const log = await house.log()
    expect(log).toContain('passkey.added')
    expect(log.filter((action) => action === 'session.created')).toHaveLength(2)

    await page.getByRole('button', { name: 'Remove This device' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor()
    expect(violations).toEqual([])
    await page.context().close()
  })
})

/** What our script would not do: a thief with the device asks it for a signature that proves nothing but the device. */
const withoutVerification = `(async () => {
  const post = (path, body) => fetch(path, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  })
  const asked = await (await post('/auth/passkey/challenge', { purpose: 'sign-in' })).json()
  const publicKey = { ...PublicKeyCredential.parseRequestOptionsFromJSON(asked), userVerification: 'discouraged' }
  const response = await navigator.credentials.get({ publicKey })
  return (await post('/auth/passkey/sign-in', { response: response.toJSON() })).status
})()`

interface Authenticator {
  verifyUser(verified: boolean): Promise<void>
}

async function aPage(
  browser: Browser,
): Promise<{ page: Page; authenticator: Authenticator; violations: string[] }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const violations: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text())
  })
  page.setDefaultTimeout(60_000)
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal' },
      ...{ hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
      automaticPresenceSimulation: true,
    },
  })
  return {
    page,
    authenticator: {
      verifyUser: async (isUserVerified) => {
        await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
      },
    },
    violations,
  }
}
