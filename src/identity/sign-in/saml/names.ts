import { ENGINE_PATH } from '../engine-path.ts'

/** What we are called by a SAML provider, and where its answers go. */
export function samlNames(origin: string, provider: string) {
  return {
    entityId: `${origin}/auth/saml/${provider}`,
    recipient: `${origin}${ENGINE_PATH}/sso/saml2/sp/acs/${provider}`,
  }
}
