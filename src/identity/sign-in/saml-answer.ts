import { ok, type Result } from '#kernel/result.ts'
import { type Browser, headersOf } from './browser.ts'
import { limited } from './limited.ts'
import { notProven, type SignInParts, type WithCookies } from './parts.ts'
import { isOf, type ProviderDirectory } from './provider-directory.ts'
import { samlNames } from './saml/names.ts'
import { askedByThis } from './saml/question.ts'
import { readSamlResponse } from './saml/response.ts'
import { completed } from './single-sign-on.ts'

/** What the provider had the browser send. */
export interface GivenAnswer {
  readonly response: string
  readonly relayState: string
  /** Somebody pressed the button of our own page that says as whom they would be signed in. */
  readonly agreed: boolean
}

/** Signed in; or, where nobody here had asked, the address that somebody has to agree to first. */
export type SamlTaken = WithCookies & { readonly toAgree?: string }

/**
 * A SAML provider's answer. One to a question counts only in the browser that asked it, so that nobody is signed in as
 * somebody else by a link; one that nobody asked for only where the provider may do that, and after a word of the visitor.
 */
export async function takeSamlAnswer(
  parts: SignInParts,
  providers: ProviderDirectory,
  browser: Browser,
  id: string,
  { response, relayState, agreed }: GivenAnswer,
): Promise<Result<SamlTaken>> {
  const { engine, origin, clock } = parts
  await providers.load()
  const provider = providers.byId(id)
  return limited<SamlTaken>(parts, { address: browser.address }, async () => {
    if (provider === undefined || !('saml' in provider)) return notProven()
    const { entityId: issuer, emailAttribute, unsolicited } = provider.saml
    const ours = samlNames(origin, id)
    const { entityId: audience, recipient } = ours
    const answer = readSamlResponse(response, { issuer, audience, recipient, emailAttribute, now: clock() })
    if (answer === undefined || !isOf(provider.domain, answer.email)) return notProven()
    const { inResponseTo } = answer
    const asked = inResponseTo !== undefined
    if (asked ? !askedByThis(browser, parts, inResponseTo) : !unsolicited) return notProven()
    if (!asked && !agreed) return ok({ cookies: [], toAgree: answer.email })
    const headers = headersOf(browser, origin)
    headers.set('content-type', 'application/x-www-form-urlencoded')
    const body = new URLSearchParams({ SAMLResponse: response, ...(asked ? { RelayState: relayState } : {}) })
    const request = new Request(recipient, { method: 'POST', headers, body: body.toString() })
    return completed(parts, providers, browser, await engine.handler(request))
  })
}
