import { samlNames } from './names.ts'

/** What a SAML provider is told of us: who we are, and where its answers go (SAML 2.0 Metadata, 2.4.4). */
export function describeToSaml(origin: string, provider: string): string {
  const { entityId, recipient } = samlNames(origin, provider)
  return `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
  <SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${recipient}"/>
  </SPSSODescriptor>
</EntityDescriptor>
`
}
