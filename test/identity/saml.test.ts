import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readSamlMetadata } from '#identity/sign-in/saml/metadata.ts'
import { readSamlResponse } from '#identity/sign-in/saml/response.ts'
import type { TestBrowser } from '#test/support/browser.ts'
import { aSamlProvider, type Change, type TestSamlProvider } from '#test/support/saml-provider.ts'
import { selfSigned } from '#test/support/self-signed.ts'
import { aSignInHouse, type SignInHouse } from '#test/support/sign-in-house.ts'

const ACS = '/auth/engine/sso/saml2/sp/acs/example'

let house: SignInHouse
let provider: TestSamlProvider
let described: string
beforeAll(async () => {
  house = await aSignInHouse()
  await register('example', 'example.org', false, {
    ...{ entityId: 'https://later.example', entryPoint: 'https://later.example/sso', certificates: ['none'] },
  })
  described = (await house.browser().get('/auth/saml/example')).text
  provider = await aSamlProvider(described)
  await house.signIn.providers.remove('example')
  const read = readSamlMetadata(provider.metadata)
  if (!read.ok) throw new Error(read.failure.message)
  await register('example', 'example.org', false, read.value)
})
afterAll(async () => {
  provider.close()
  await house.close()
})
beforeEach(() => house.store.identity.query('delete from failures'))

async function register(
  id: string,
  domain: string,
  unsolicited: boolean,
  known: { entityId: string; entryPoint: string; certificates: readonly string[] },
) {
  const saml = { ...known, certificates: [...known.certificates], unsolicited }
  await house.signIn.providers.add({ id, organisation: house.home.organisation, domain, saml })
}

/** Asks to be sent to the provider of that address; gives where. */
async function ask(browser: TestBrowser, email: string): Promise<string> {
  const page = await browser.send('/auth/single-sign-on', { email })
  return /<a class="button" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
}

/** Sends the provider's form as its page would, and then the form of our page as its script would. */
async function sendBack(browser: TestBrowser, form: Readonly<Record<string, string>>, path = ACS) {
  const passed = await browser.send(path, form, new URL(provider.entityId).origin)
  expect(passed).toMatchObject({ status: 200, title: 'One moment' })
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(passed.text)?.[1] ?? ''
  const action = /action="([^"]+)"/.exec(passed.text)?.[1] ?? ''
  return browser.send(action, { SAMLResponse: field('SAMLResponse'), RelayState: field('RelayState') })
}

async function comeIn(as: string, change: Change = {}, browser = house.browser()) {
  const form = await provider.answer(await ask(browser, as), as, change)
  return sendBack(browser, { ...form })
}

const REFUSED = { status: 401, title: 'Sign in', problem: expect.stringContaining('did not let you in') }

describe('a SAML provider', () => {
  test('brings in the invited, and knows them again', async () => {
    await house.invite('grace@example.org', 'maintainer')
    for (let times = 0; times < 2; times += 1) {
      const arrived = await comeIn('grace@example.org')
      expect(arrived).toMatchObject({ path: '/auth/account', status: 200 })
      expect(arrived.text).toContain('grace@example.org · maintainer')
    }
    expect(await house.log()).toEqual(['invitation.accepted', 'session.created', 'session.created'])
  })

  test('brings in nobody who was not invited, and nobody of another domain', async () => {
    expect(await comeIn('stranger@example.org')).toMatchObject(REFUSED)
    await house.invite('ceo@other.example')
    const browser = house.browser()
    const form = await provider.answer(await ask(browser, 'x@example.org'), 'ceo@other.example')
    expect(await sendBack(browser, { ...form })).toMatchObject(REFUSED)
  })

  test('of another organisation cannot speak for people of ours, not even for those it knew', async () => {
    const other = await house.anotherOrganisation()
    const foreign = await aSamlProvider(described.replaceAll('/example"', '/foreign"'))
    try {
      const { entityId, entryPoint, signer } = foreign
      const saml = { entityId, entryPoint, certificates: [signer.certificate], unsolicited: true }
      await house.signIn.providers.add({
        ...{ id: 'foreign', organisation: other, domain: 'foreign.example' },
        saml,
      })
      await house.invite('ada@example.org', 'owner')
      for (const as of ['ada@example.org', 'grace@example.org']) {
        const browser = house.browser()
        const form = await foreign.answer(await ask(browser, 'x@foreign.example'), as)
        expect(await sendBack(browser, { ...form }, ACS.replace('example', 'foreign'))).toMatchObject(REFUSED)
        expect(await sendBack(browser, { ...form })).toMatchObject(REFUSED)
      }
    } finally {
      foreign.close()
    }
  })

  test('is described to itself with what it has to know', () => {
    expect(described).toContain(`entityID="${house.origin}/auth/saml/example"`)
    expect(described).toContain(`Location="${house.origin}${ACS}"`)
  })
})

describe('an answer', () => {
  const now = Date.now()
  const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
  const stranger = selfSigned('somebody else')
  const signature = /<ds:Signature.*<\/ds:Signature>/s
  const assertion = /<saml:Assertion.*<\/saml:Assertion>/s
  const found = (xml: string, what: RegExp) => what.exec(xml)?.[0] ?? ''
  /** Another assertion of the same signature's: for somebody else, with another name. */
  const evil = (xml: string) =>
    found(xml, assertion)
      .replace(/ID="_a[^"]*"/, 'ID="_evil"')
      .replaceAll('grace@example.org', 'ada@example.org')
  const bare = (xml: string) => evil(xml).replace(signature, '')

  const HOSTILE: readonly (readonly [string, Change])[] = [
    ['without a signature', { after: (xml) => xml.replace(signature, '') }],
    ['signed as a whole, but not in its assertion', { envelopeOnly: true }],
    ['signed by somebody else', { signer: stranger }],
    [
      'signed by somebody else who brings no certificate',
      {
        signer: stranger,
        after: (xml) => xml.replace(/<(ds:)?KeyInfo.*<\/(ds:)?KeyInfo>/s, ''),
      },
    ],
    ['changed after it was signed', { after: (xml) => xml.replaceAll('grace@', 'ada@') }],
    ['to somebody else', { values: { Audience: 'https://elsewhere.example' } }],
    ['sent elsewhere', { values: { SubjectRecipient: 'https://elsewhere.example/acs' } }],
    ['whose envelope was sent elsewhere', { values: { Destination: 'https://elsewhere.example/acs' } }],
    ['of another provider by its own word', { values: { Issuer: 'https://elsewhere.example' } }],
    ['that is over', { values: { ConditionsNotOnOrAfter: at(-3) } }],
    ['whose bearer came late', { values: { SubjectConfirmationDataNotOnOrAfter: at(-3) } }],
    ['that does not count yet', { values: { ConditionsNotBefore: at(4) } }],
    ['without an end', { before: (xml) => xml.replace(/ NotOnOrAfter="[^"]*">/, '>') }],
    ['that says no', { values: { StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder' } }],
    ['to another question', { values: { InResponseTo: '_other' } }],
    [
      'to the right question in its envelope only',
      { before: (xml) => xml.replace(/(SubjectConfirmationData[^>]*InResponseTo=")[^"]*/, '$1_other') },
    ],
    ['to nothing, in its assertion', { before: (xml) => xml.replace(/ InResponseTo="[^"]*"\/>/, '/>') }],
    [
      'with a comment in the name',
      { before: (xml) => xml.replace('grace@example.org<', 'grace@example.org<!---->.evil.example<') },
    ],
    [
      'with a comment put into the name later, which a signature does not cover',
      { after: (xml) => xml.replaceAll('grace@example.org<', 'grace@<!-- -->example.org<') },
    ],
    [
      'with a name in CDATA',
      { before: (xml) => xml.replace('grace@example.org<', '<![CDATA[grace@example.org]]><') },
    ],
    [
      'with an entity of its own',
      {
        after: (xml) =>
          `<!DOCTYPE x [<!ENTITY who "grace@example.org">]>${xml.replaceAll('grace@example.org<', '&who;<')}`,
      },
    ],
    [
      'with an entity that reads a file',
      {
        after: (xml) =>
          `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>${xml.replace('<saml:Audience>', '<saml:Audience>&f;')}`,
      },
    ],
    [
      'with entities that grow without end',
      {
        after: (xml) =>
          `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 12 }, (_, i) => `<!ENTITY a${i} "${(i === 0 ? '&a;' : `&a${i - 1};`).repeat(10)}">`).join('')}]>${xml.replace('<saml:Audience>', '<saml:Audience>&a11;')}`,
      },
    ],
    // Signature wrapping: what is signed stays somewhere, what is read is another (Somorovsky et al., 2012).
    [
      'wrapped: the other one before the signed one',
      { after: (xml) => xml.replace(assertion, (own) => bare(xml) + own) },
    ],
    [
      'wrapped: the other one after the signed one',
      { after: (xml) => xml.replace(assertion, (own) => own + bare(xml)) },
    ],
    [
      'wrapped: the signed one inside the other one',
      {
        after: (xml) =>
          xml.replace(assertion, (own) => bare(xml).replace('</saml:Assertion>', `${own}</saml:Assertion>`)),
      },
    ],
    [
      'wrapped: the signed one in an object of a signature of the other one',
      {
        after: (xml) =>
          xml.replace(assertion, (own) =>
            evil(xml).replace(
              '</ds:Signature>',
              `<ds:Object>${own.replace(signature, '')}</ds:Object></ds:Signature>`,
            ),
          ),
      },
    ],
    [
      'wrapped: the whole answer in an extension of another',
      {
        after: (xml) => {
          const envelope = xml.replace(/ID="_r[^"]*"/, 'ID="_outer"').replace(assertion, bare(xml))
          return envelope.replace(
            '<samlp:Status>',
            `<samlp:Extensions>${xml}</samlp:Extensions><samlp:Status>`,
          )
        },
      },
    ],
    [
      'wrapped: two of one name',
      {
        after: (xml) =>
          xml.replace(
            assertion,
            (own) => own + bare(xml).replace('_evil', /ID="(_a[^"]*)"/.exec(own)?.[1] ?? ''),
          ),
      },
    ],
    ['with SHA-1', { after: (xml) => xml.replace(/xmldsig-more#rsa-sha256/, 'xmldsig#rsa-sha1') }],
    [
      'of a shared secret',
      { after: (xml) => xml.replace(/xmldsig-more#rsa-sha256/, 'xmldsig-more#hmac-sha256') },
    ],
    [
      'about somebody whose name looks like another',
      { values: { NameID: 'gr\u0430ce@example.org' } }, // a Cyrillic letter
    ],
    [
      'about somebody whose name folds into another',
      { values: { NameID: 'grace@example.org'.replace('g', '\u212a') } },
    ],
    [
      'about somebody who is another every time',
      { values: { NameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' } },
    ],
  ]

  test.each(HOSTILE)('%s is refused', async (_title, change) => {
    expect(await comeIn('grace@example.org', change)).toMatchObject(REFUSED)
  })

  test('counts once, and only in the browser that asked', async () => {
    const [browser, victim] = [house.browser(), house.browser()]
    const form = await provider.answer(await ask(browser, 'grace@example.org'), 'grace@example.org')
    expect(await sendBack(victim, { ...form })).toMatchObject(REFUSED)
    await ask(victim, 'grace@example.org')
    expect(await sendBack(victim, { ...form })).toMatchObject(REFUSED)
    const thief = house.browser()
    const RelayState = new URL(await ask(thief, 'grace@example.org')).searchParams.get('RelayState') ?? ''
    expect(await sendBack(thief, { ...form, RelayState })).toMatchObject(REFUSED)
    const kept = new Map(browser.cookies)
    expect(await sendBack(browser, { ...form })).toMatchObject({ path: '/auth/account' })
    const again = house.browser()
    for (const [name, value] of kept) again.cookies.set(name, value)
    expect(await sendBack(again, { ...form })).toMatchObject(REFUSED)
  })

  test('sent by another page does nothing but show a page of ours; without its origin nothing counts', async () => {
    const browser = house.browser()
    const form = { ...(await provider.answer(await ask(browser, 'grace@example.org'), 'grace@example.org')) }
    for (const origin of ['https://evil.example', new URL(provider.entityId).origin, 'null'])
      expect(await browser.send('/auth/saml/example', form, origin)).toMatchObject({ status: 403 })
    const shown = await browser.send(ACS, { ...form, agreed: 'yes' }, 'https://evil.example')
    expect(shown.text).not.toContain('agreed')
    expect((await browser.get('/auth/account')).path).toBe('/auth/sign-in')
  })

  test('that nobody asked for is refused, unless the provider may; then somebody has to agree, and it counts once', async () => {
    const unasked = await provider.unasked('grace@example.org')
    expect(await sendBack(house.browser(), { ...unasked })).toMatchObject(REFUSED)
    await house.signIn.providers.remove('example')
    const { entityId, entryPoint, signer } = provider
    await register('example', 'example.org', true, {
      entityId,
      entryPoint,
      certificates: [signer.certificate],
    })
    await house.invite('began@example.org')
    const browser = house.browser()
    const form = { ...(await provider.unasked('began@example.org')) }
    const asked = await sendBack(browser, form)
    expect(asked).toMatchObject({ status: 200, title: 'Sign in?' })
    expect(asked.text).toContain('began@example.org')
    expect((await browser.get('/auth/account')).path).toBe('/auth/sign-in')
    const agreed = { SAMLResponse: form.SAMLResponse ?? '', agreed: 'yes' }
    expect(await browser.send('/auth/saml/example', agreed)).toMatchObject({ path: '/auth/account' })
    expect(await house.browser().send('/auth/saml/example', agreed)).toMatchObject(REFUSED)
  })
})

describe('an address in an attribute', () => {
  const attribute = (...values: string[]) => ({
    before: (xml: string) =>
      xml.replace(
        '</saml:Conditions>',
        `</saml:Conditions><saml:AttributeStatement>${values.map((value) => `<saml:Attribute Name="mail"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`).join('')}</saml:AttributeStatement>`,
      ),
  })

  test('counts where the provider says so, once, and instead of the name', async () => {
    const { entityId, entryPoint, signer } = provider
    const { organisation } = house.home
    await house.signIn.providers.remove('example')
    const saml = { entityId, entryPoint, certificates: [signer.certificate], unsolicited: false }
    const provided = { id: 'example', organisation, domain: 'example.org' }
    await house.signIn.providers.add({ ...provided, saml: { ...saml, emailAttribute: 'mail' } })
    await house.invite('attribute@example.org')
    const come = async (as: string, change: Change) => {
      const browser = house.browser()
      const form = await provider.answer(await ask(browser, 'x@example.org'), as, change)
      return sendBack(browser, { ...form })
    }
    const hostile: Change[] = [
      {},
      attribute('attribute@example.org', 'grace@example.org'),
      attribute('attribute@elsewhere.example'),
      attribute('attribute@example.org<x>.evil.example</x>'),
    ]
    for (const change of hostile) expect(await come('attribute@example.org', change)).toMatchObject(REFUSED)
    expect(await come('number 7', attribute('Attribute@example.org'))).toMatchObject({
      path: '/auth/account',
    })
  })
})

describe('the gate before the engine', () => {
  const OURS = 'http://localhost:7411/auth/saml/example'

  test('gives an address of plain letters, or nothing, for whatever is sent', async () => {
    const { SAMLResponse } = await provider.unasked('grace@example.org')
    const good = Buffer.from(SAMLResponse, 'base64').toString()
    const expected = {
      ...{ issuer: provider.entityId, audience: OURS, recipient: `${house.origin}${ACS}`, now: Date.now() },
    }
    const read = (xml: string) => readSamlResponse(Buffer.from(xml).toString('base64'), expected)
    expect(read(good)).toEqual({ email: 'grace@example.org' })
    const noise = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<?x?>',
        '&#103;',
        '&lt;',
        '\0',
        '\ud800',
      ),
    )
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(40), noise, (from, length, text) => {
        const answer = read(good.slice(0, from) + text + good.slice(from + length))
        if (answer !== undefined) expect(answer.email).toMatch(/^[\x21-\x7e]+@[a-z0-9.-]+$/)
      }),
      { numRuns: 400 },
    )
    for (const noBase64 of ['', '=', 'a', 'PD94', '\u0000', `${SAMLResponse}!`, SAMLResponse.slice(1)])
      expect(readSamlResponse(noBase64, expected)).toBeUndefined()
  })

  test('is not kept busy by what is large or deep', () => {
    const expected = { issuer: 'x', audience: OURS, recipient: OURS, now: Date.now() }
    const large = [
      '<a>'.repeat(100_000),
      `<a ${'b="c" '.repeat(50_000)}/>`,
      '<a/>'.repeat(5_000),
      '&amp;'.repeat(60_000),
    ]
    for (const xml of large)
      expect(readSamlResponse(Buffer.from(xml).toString('base64'), expected)).toBeUndefined()
  })
})

describe('metadata', () => {
  test('that is no plain description of one provider with a sound key is refused', () => {
    const short = selfSigned('short', 1024).certificate.replaceAll(/-----.*-----|\s/g, '')
    const own = provider.signer.certificate.replaceAll(/-----.*-----|\s/g, '')
    const { metadata } = provider
    const refused = [
      '',
      '<a/>',
      `<!DOCTYPE x>${metadata}`,
      metadata
        .replace('IDPSSODescriptor', 'SPSSODescriptor')
        .replace('/IDPSSODescriptor', '/SPSSODescriptor'),
      metadata.replaceAll(/http:\/\/127[^"]*sign-on/g, 'http://id.example.org/'),
      metadata.replaceAll(/http:\/\/127[^"]*sign-on/g, 'javascript:alert(1)'),
      metadata.replaceAll(/<(ds:)?X509Certificate>[^<]*/g, (all) => all.replace(/>.*/s, '>AAAA')),
      metadata.replace(/(X509Certificate>)[^<]*/, `$1${short}`),
    ].map((xml) => readSamlMetadata(xml))
    expect(refused.map(({ ok }) => ok)).toEqual(Array(8).fill(false))
    expect(readSamlMetadata(metadata.replace(/(X509Certificate>)[^<]*/, `$1${own}`))).toMatchObject({
      ok: true,
    })
  })
})
