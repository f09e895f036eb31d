import { X509Certificate } from 'node:crypto'
import { ok, type Result, refused } from '#kernel/result.ts'
import { childrenOf, onlyChild, plainText, strictXml } from './strict-xml.ts'

/** What we need to know of a SAML identity provider, and all that is kept of it. */
export interface SamlProvider {
  readonly entityId: string
  /** Where people are sent, with the question in the address. */
  readonly entryPoint: string
  /** In PEM; an answer counts with any of them. */
  readonly certificates: readonly string[]
}

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata'
const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect'

/** Reads the metadata that an identity provider publishes (SAML 2.0 Metadata, 2.4.3). The rest of it means nothing here. */
export function readSamlMetadata(xml: string): Result<SamlProvider> {
  const root = strictXml(xml)
  if (root === undefined) return cannot('This is no plain XML: comments and document types are refused.')
  if (root.localName !== 'EntityDescriptor' || root.namespaceURI !== METADATA)
    return cannot('It describes no single provider.')
  const descriptor = onlyChild(root, METADATA, 'IDPSSODescriptor')
  if (descriptor === undefined) return cannot('It does not describe an identity provider.')
  const entryPoint = childrenOf(descriptor, METADATA, 'SingleSignOnService')
    .find((service) => service.getAttribute('Binding') === REDIRECT)
    ?.getAttribute('Location')
  const certificates = childrenOf(descriptor, METADATA, 'KeyDescriptor')
    .filter((key) => key.getAttribute('use') !== 'encryption')
    .flatMap((key) => childrenOf(key, SIGNATURE, 'KeyInfo'))
    .flatMap((info) => childrenOf(info, SIGNATURE, 'X509Data'))
    .flatMap((data) => childrenOf(data, SIGNATURE, 'X509Certificate'))
    .map((certificate) => pemOf(plainText(certificate) ?? ''))
  return checkSamlProvider({
    entityId: root.getAttribute('entityID') ?? '',
    entryPoint: entryPoint ?? '',
    certificates,
  })
}

/** Refuses what nothing could be verified with, and where nobody's browser should be sent. */
export function checkSamlProvider(given: SamlProvider): Result<SamlProvider> {
  const entityId = given.entityId.trim()
  if (entityId === '' || entityId.length > 1_024) return cannot('It has no name (entityID).')
  const address = URL.parse(given.entryPoint)
  if (address === null || !mayBeSent(address))
    return cannot('Its sign-on address for the redirect binding must be https, or of loopback.')
  if (given.certificates.length === 0 || given.certificates.length > 8)
    return cannot('It has no signing certificate, or too many.')
  const certificates: string[] = []
  for (const text of given.certificates) {
    const certificate = readCertificate(text)
    if (certificate === undefined) return cannot('One of its certificates cannot be read.')
    if (certificate.publicKey.asymmetricKeyType === 'rsa' && bitsOf(certificate) < 2_048)
      return cannot('One of its keys is too short: 2048 bits at least.')
    certificates.push(certificate.toString())
  }
  return ok({ entityId, entryPoint: address.href, certificates })
}

function mayBeSent({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  )
}

function readCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}

function bitsOf({ publicKey }: X509Certificate): number {
  return publicKey.asymmetricKeyDetails?.modulusLength ?? 0
}

function pemOf(base64: string): string {
  const lines = base64.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function cannot(why: string): Result<never> {
  return refused({
    code: 'invalid_input',
    message: `This identity provider cannot be used. ${why}`,
    rule: 'sign-in.provider',
    remedy: 'Give the metadata as the provider publishes it, or its name, address and certificate.',
  })
}
