import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Listening, listen } from '#http/listen.ts'
import { describeToSaml } from '#identity/sign-in/saml/describe.ts'
import { aSamlProvider, type TestSamlProvider } from '#test/support/saml-provider.ts'
import { aSignInHouse, type SignInHouse } from '#test/support/sign-in-house.ts'

const CHROMIUM = '/usr/bin/chromium'

/** What a browser does with strict cookies between two sites, and what our own policy lets it do, only a browser shows. */
describe.skipIf(!existsSync(CHROMIUM))('a browser', () => {
  let house: SignInHouse
  let door: Listening
  let provider: TestSamlProvider
  let browser: Browser
  let origin: string
  beforeAll(async () => {
    const port = 20_000 + ((process.pid + 1) % 20_000)
    origin = `http://localhost:${port}`
    house = await aSignInHouse(origin)
    const opened = await listen(house.http, port)
    if (!opened.ok) throw new Error(opened.failure.message)
    door = opened.value
    provider = await aSamlProvider(describeToSaml(origin, 'example'))
    const { entityId, entryPoint, signer } = provider
    const saml = { entityId, entryPoint, certificates: [signer.certificate], unsolicited: false }
    const { organisation } = house.home
    await house.signIn.providers.add({ id: 'example', organisation, domain: 'example.org', saml })
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    provider.close()
    await door.close()
    await house.close()
  })

  test('goes to a SAML provider on another site and comes back signed in, by strict cookies and no script but our own', async () => {
    await house.invite('grace@example.org')
    provider.believe('grace@example.org')
    const context = await browser.newContext()
    const page = await context.newPage()
    page.setDefaultTimeout(60_000)
    const violations: string[] = []
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) violations.push(message.text())
    })
    await page.goto(`${origin}/auth/sign-in`)
    await page.getByLabel("With your organisation's sign-in").fill('grace@example.org')
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('heading', { name: 'Where you are signed in' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/auth/account')
    const cookies = await context.cookies()
    expect(cookies.filter(({ name }) => name.includes('session')).map(({ sameSite }) => sameSite)).toEqual([
      'Strict',
    ])
    // A page of the provider's asks in vain, with the cookies that are there.
    await page.goto(provider.entityId.replace('/saml', '/nothing'))
    const asked = `fetch('${origin}/v1/me', { credentials: 'include' }).then(() => 'told', () => 'nothing')`
    expect(await page.evaluate(asked)).toBe('nothing')
    await page.goto(`${origin}/auth/account`)
    const own = `fetch('/v1/me').then((answer) => answer.json()).then(({ person }) => person.email)`
    expect(await page.evaluate(own)).toBe('grace@example.org')
    expect(violations).toEqual([])
    await context.close()
  })
})
