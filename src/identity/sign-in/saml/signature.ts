import type { Element } from '@xmldom/xmldom'
import { childrenOf, onlyChild } from './strict-xml.ts'

const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature'

/** No SHA-1, and nothing with a shared secret: whoever has the certificate could sign with it as one. */
const METHODS =
  /^http:\/\/www\.w3\.org\/(2001\/04\/xmldsig-more#(rsa|ecdsa)-sha(256|384|512)|2007\/05\/xmldsig-more#sha256-rsa-MGF1)$/
const DIGESTS = /^http:\/\/www\.w3\.org\/(2001\/04\/(xmlenc#sha(256|512)|xmldsig-more#sha384))$/

/** True where an element bears one signature of a form that covers this whole element and nothing else (SAML 2.0 Core, 5.4). */
export function hasOneSoundSignature(element: Element): boolean {
  const signature = onlyChild(element, SIGNATURE, 'Signature')
  const info = onlyChild(signature, SIGNATURE, 'SignedInfo')
  const reference = onlyChild(info, SIGNATURE, 'Reference')
  const transforms = onlyChild(reference, SIGNATURE, 'Transforms')
  if (info === undefined || reference === undefined || transforms === undefined) return false
  const id = element.getAttribute('ID')
  if (!id || reference.getAttribute('URI') !== `#${id}`) return false
  const used = childrenOf(transforms, SIGNATURE, 'Transform').map((each) => each.getAttribute('Algorithm'))
  return (
    algorithmOf(info, 'CanonicalizationMethod') === EXCLUSIVE &&
    METHODS.test(algorithmOf(info, 'SignatureMethod')) &&
    DIGESTS.test(algorithmOf(reference, 'DigestMethod')) &&
    used.length === 2 &&
    used[0] === ENVELOPED &&
    used[1] === EXCLUSIVE
  )
}

function algorithmOf(parent: Element, method: string): string {
  return onlyChild(parent, SIGNATURE, method)?.getAttribute('Algorithm') ?? ''
}
