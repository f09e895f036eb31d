import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IdentityProvider, SamlLib, ServiceProvider, setSchemaValidator } from 'samlify'
import { type SelfSigned, selfSigned } from './self-signed.ts'

/** What is different about an answer: in the values it is made of, in its text before it is signed, and after. */
export interface Change {
  readonly values?: Readonly<Record<string, string>>
  readonly before?: (xml: string) => string
  readonly after?: (xml: string) => string
  /** Signs with another key, and says so or not. */
  readonly signer?: SelfSigned
  /** Signs the whole answer instead of its assertion. */
  readonly envelopeOnly?: boolean
}

export interface SamlAnswerForm {
  readonly SAMLResponse: string
  readonly RelayState: string
}

export interface TestSamlProvider {
  readonly entityId: string
  readonly entryPoint: string
  readonly signer: SelfSigned
  /** What it publishes about itself. */
  readonly metadata: string
  /** Follows the question there as a browser would; gives the form that the provider has it send back. */
  answer(url: string, as: string, change?: Change): Promise<SamlAnswerForm>
  /** Believes from now on that whoever comes with a browser is this one. */
  believe(as: string): void
  /** An answer that nobody asked for. */
  unasked(as: string, change?: Change): Promise<SamlAnswerForm>
  close(): void
}

/** A SAML provider on loopback, made of samlify, that believes everybody who they say they are. */
export async function aSamlProvider(ours: string): Promise<TestSamlProvider> {
  setSchemaValidator({ validate: async () => 'not looked at' })
  const signer = selfSigned('the provider')
  const sp = ServiceProvider({ metadata: ours })
  const lazy = ServiceProvider({ metadata: ours.replace('WantAssertionsSigned="true"', '') })
  let pending: { readonly as: string; readonly change: Change } = { as: '', change: {} }
  const server = createServer((request, response) => void serve(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const entityId = `http://127.0.0.1:${(server.address() as AddressInfo).port}/saml`
  const entryPoint = `${entityId}/sign-on`
  const idp = (by: SelfSigned) =>
    IdentityProvider({
      ...{ entityID: entityId, privateKey: by.key, signingCert: by.certificate, isAssertionEncrypted: false },
      requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
      singleLogoutService: [
        { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: entryPoint },
      ],
      singleSignOnService: [
        { Binding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect', Location: entryPoint },
      ],
    })
  const own = idp(signer)

  const made = async (id: string | undefined, as: string, change: Change): Promise<string> => {
    const by = change.signer === undefined ? own : idp(change.signer)
    const { context } = await by.createLoginResponse(
      change.envelopeOnly ? lazy : sp,
      {},
      'post',
      {},
      (template) => {
        const now = Date.now()
        const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString()
        const [audience, recipient] = [
          /entityID="([^"]+)"/.exec(ours)?.[1] ?? '',
          /Location="([^"]+)"/.exec(ours)?.[1] ?? '',
        ]
        const xml = SamlLib.replaceTagsByValue(id === undefined ? withoutQuestion(template) : template, {
          ...{ ID: `_r${now}${Math.random()}`, AssertionID: `_a${now}${Math.random()}`, IssueInstant: at(0) },
          ...{ Issuer: entityId, Destination: recipient, SubjectRecipient: recipient, Audience: audience },
          ...{ ConditionsNotBefore: at(-1), ConditionsNotOnOrAfter: at(5) },
          SubjectConfirmationDataNotOnOrAfter: at(5),
          StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
          NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
          ...{ NameID: as, InResponseTo: id ?? '', AuthnStatement: '', AttributeStatement: '' },
          ...change.values,
        })
        return { id: '', context: changed(xml, change.before) }
      },
    )
    const xml = Buffer.from(context, 'base64').toString()
    return Buffer.from(changed(xml, change.after)).toString('base64')
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = Object.fromEntries(new URL(request.url ?? '/', entityId).searchParams)
    if (query.SAMLRequest === undefined) return void response.end('nothing here')
    const asked = await own.parseLoginRequest(sp, 'redirect', { query })
    const SAMLResponse = await made(asked.extract.request.id, pending.as, pending.change)
    const form = { SAMLResponse, RelayState: query.RelayState ?? '' }
    const isBrowser = request.headers.accept?.includes('text/html') === true
    response.setHeader('content-type', isBrowser ? 'text/html' : 'application/json')
    response.end(isBrowser ? pageOf(ours, form) : JSON.stringify(form))
  }

  return {
    ...{ entityId, entryPoint, signer, metadata: own.getMetadata() },
    answer: async (url, as, change = {}) => {
      pending = { as, change }
      return (await fetch(url)).json() as Promise<SamlAnswerForm>
    },
    believe: (as) => {
      pending = { as, change: {} }
    },
    unasked: async (as, change = {}) => ({
      SAMLResponse: await made(undefined, as, change),
      RelayState: '',
    }),
    close: () => server.close().closeAllConnections(),
  }
}

/** What a provider shows a browser: a form that sends itself. */
function pageOf(ours: string, form: SamlAnswerForm): string {
  const fields = Object.entries(form).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  )
  const to = /Location="([^"]+)"/.exec(ours)?.[1] ?? ''
  return `<form method="post" action="${to}">${fields.join('')}</form><script>document.forms[0].submit()</script>`
}

/** An attack that changes nothing would be no attack. */
function changed(xml: string, change: ((xml: string) => string) | undefined): string {
  const other = change?.(xml) ?? xml
  if (change !== undefined && other === xml) throw new Error(`the change finds nothing to change in ${xml}`)
  return other
}

function withoutQuestion(template: string): string {
  return template.replaceAll(/ InResponseTo="[^"]*"/g, '')
}
