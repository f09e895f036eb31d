import type { Element } from '@xmldom/xmldom'
import { hasOneSoundSignature } from './signature.ts'
import { childrenOf, everyElement, onlyChild, plainText, strictXml } from './strict-xml.ts'

export interface Expected {
  /** The provider's name for itself. */
  readonly issuer: string
  /** Our name for ourselves, to this provider. */
  readonly audience: string
  /** Where its answers are sent. */
  readonly recipient: string
  /** Holds the address; the name of the subject does where there is none. */
  readonly emailAttribute?: string | undefined
  readonly now: number
}

export interface SamlAnswer {
  readonly email: string
  /** The question it answers; absent where nobody asked. */
  readonly inResponseTo?: string
}

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol'
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion'
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success'
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer'
const TRANSIENT = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient'

/** How far the provider's clock may be from ours. */
const SKEW_MILLISECONDS = 2 * 60_000

/**
 * Reads a provider's answer (SAML 2.0 Profiles, 4.1.4.2) where it has the one form that cannot be read in two ways: one
 * assertion, itself signed, with each part once and in its place. Undefined for anything else. That the signature is
 * the provider's, and that the assertion is new, is the engine's to find out afterwards: this is the gate before it.
 */
export function readSamlResponse(encoded: string, expected: Expected): SamlAnswer | undefined {
  const response = decoded(encoded)
  if (response === undefined || !is(response, PROTOCOL, 'Response') || !hasOneOfEach(response))
    return undefined
  const assertion = onlyChild(response, ASSERTION, 'Assertion')
  if (assertion === undefined || !hasOneSoundSignature(assertion)) return undefined
  if (childrenOfSignature(response) > 0 && !hasOneSoundSignature(response)) return undefined
  const status = onlyChild(onlyChild(response, PROTOCOL, 'Status'), PROTOCOL, 'StatusCode')
  if (status?.getAttribute('Value') !== SUCCESS) return undefined
  const issuers = [response, assertion].flatMap((element) => childrenOf(element, ASSERTION, 'Issuer'))
  if (onlyChild(assertion, ASSERTION, 'Issuer') === undefined) return undefined
  if (issuers.some((issuer) => plainText(issuer) !== expected.issuer)) return undefined
  const destination = response.getAttribute('Destination')
  if (destination !== null && destination !== '' && destination !== expected.recipient) return undefined
  if (!isForUsNow(assertion, expected)) return undefined
  const subject = onlyChild(assertion, ASSERTION, 'Subject')
  const confirmed = confirmation(subject, expected)
  if (confirmed === undefined) return undefined
  const { inResponseTo } = confirmed
  if ((response.getAttribute('InResponseTo') || undefined) !== inResponseTo) return undefined
  const email = emailOf(assertion, subject, expected.emailAttribute)
  return email === undefined ? undefined : { email, ...(inResponseTo === undefined ? {} : { inResponseTo }) }
}

function decoded(encoded: string): Element | undefined {
  const text = encoded.replaceAll(/\s/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return undefined
  try {
    return strictXml(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64')))
  } catch {
    return undefined
  }
}

/** What an attacker would wrap, hide or double. Each of these is there at most once, wherever it stands and of whatever namespace. */
const AT_MOST_ONCE = ['Response', 'Assertion', 'Subject', 'NameID', 'SubjectConfirmation', 'Conditions']
const NEVER = [
  'EncryptedAssertion',
  'EncryptedID',
  'EncryptedAttribute',
  'BaseID',
  'Object',
  'Advice',
  'Manifest',
]

function hasOneOfEach(response: Element): boolean {
  const names = new Map<string, number>()
  const ids = new Set<string>()
  for (const element of everyElement(response)) {
    const name = element.localName ?? ''
    names.set(name, (names.get(name) ?? 0) + 1)
    for (const { localName, value } of element.attributes) {
      if (localName?.toLowerCase() !== 'id') continue
      if (ids.has(value)) return false
      ids.add(value)
    }
  }
  return (
    AT_MOST_ONCE.every((name) => (names.get(name) ?? 0) <= 1) &&
    NEVER.every((name) => !names.has(name)) &&
    (names.get('Signature') ?? 0) === childrenOfSignature(response) + 1
  )
}

function childrenOfSignature(element: Element): number {
  return childrenOf(element, 'http://www.w3.org/2000/09/xmldsig#', 'Signature').length
}

/** Said to us, and now. */
function isForUsNow(assertion: Element, { audience, now }: Expected): boolean {
  const conditions = onlyChild(assertion, ASSERTION, 'Conditions')
  if (conditions === undefined) return false
  const from = conditions.getAttribute('NotBefore')
  const until = conditions.getAttribute('NotOnOrAfter')
  if (from && !(momentOf(from) - SKEW_MILLISECONDS <= now)) return false
  if (!until || !(now < momentOf(until) + SKEW_MILLISECONDS)) return false
  const restrictions = childrenOf(conditions, ASSERTION, 'AudienceRestriction')
  return (
    restrictions.length > 0 &&
    restrictions.every((each) =>
      childrenOf(each, ASSERTION, 'Audience').some((named) => plainText(named) === audience),
    )
  )
}

/** Whoever bears it may use it: here, for a while, and as the answer to one question. */
function confirmation(
  subject: Element | undefined,
  { recipient, now }: Expected,
): { readonly inResponseTo: string | undefined } | undefined {
  const confirmed = onlyChild(subject, ASSERTION, 'SubjectConfirmation')
  const data = onlyChild(confirmed, ASSERTION, 'SubjectConfirmationData')
  if (confirmed?.getAttribute('Method') !== BEARER || data === undefined) return undefined
  if (data.getAttribute('Recipient') !== recipient || data.getAttribute('NotBefore')) return undefined
  const until = data.getAttribute('NotOnOrAfter')
  if (!until || !(now < momentOf(until) + SKEW_MILLISECONDS)) return undefined
  return { inResponseTo: data.getAttribute('InResponseTo') || undefined }
}

/** An address of plain letters: others can be made to look, or to be folded, like somebody else's. */
const ADDRESS = /^[A-Za-z0-9.!#$%'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}$/

function emailOf(assertion: Element, subject: Element | undefined, attribute: string | undefined) {
  const nameId = onlyChild(subject, ASSERTION, 'NameID')
  if (nameId === undefined || nameId.getAttribute('Format') === TRANSIENT) return undefined
  const name = plainText(nameId)
  const text = attribute === undefined ? name : attributeValue(assertion, attribute)
  return name !== undefined && text !== undefined && ADDRESS.test(text) ? text.toLowerCase() : undefined
}

/** The one value of the one attribute of that name. */
function attributeValue(assertion: Element, name: string): string | undefined {
  const attributes = childrenOf(assertion, ASSERTION, 'AttributeStatement')
    .flatMap((statement) => childrenOf(statement, ASSERTION, 'Attribute'))
    .filter((attribute) => attribute.getAttribute('Name') === name)
  return attributes.length === 1
    ? plainText(onlyChild(attributes[0], ASSERTION, 'AttributeValue'))
    : undefined
}

/** NaN, which compares with nothing, for what is no moment of SAML (Core, 1.3.3). */
function momentOf(text: string): number {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) ? Date.parse(text) : Number.NaN
}

function is(element: Element, namespace: string, name: string): boolean {
  return element.namespaceURI === namespace && element.localName === name
}
