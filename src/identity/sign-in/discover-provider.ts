import { z } from 'zod'
import { ok, type Result, refused } from '#kernel/result.ts'

const MOST_BYTES = 256 * 1024
const PATIENCE_MILLISECONDS = 10_000

const Endpoint = z.url({ protocol: /^https?$/ }).max(2_000)

/** OpenID Connect Discovery 1.0, section 3: what we need of it. */
const Document = z.object({
  issuer: z.string(),
  authorization_endpoint: Endpoint,
  token_endpoint: Endpoint,
  jwks_uri: Endpoint,
  userinfo_endpoint: Endpoint.optional(),
  token_endpoint_auth_methods_supported: z.array(z.string()).optional(),
})

export interface Discovered {
  readonly issuer: string
  readonly discoveryEndpoint: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksEndpoint: string
  readonly userInfoEndpoint?: string
  readonly tokenEndpointAuthentication: 'client_secret_basic' | 'client_secret_post'
}

/**
 * Asks an identity provider about itself, once; a provider that later moves its endpoints is added anew. One of loopback
 * counts only where `origin`, by which people reach this server, is one: else this would ask what only this machine may.
 */
export async function discoverProvider(issuer: string, origin: string): Promise<Result<Discovered>> {
  const base = URL.parse(issuer)
  const here = isLoopback(new URL(origin))
  const mayBeAsked = (url: URL) => url.protocol === 'https:' || (here && isLoopback(url))
  if (base === null || !mayBeAsked(base))
    return cannot(`Its address must be https${here ? ', or of loopback' : ''}.`)
  const discoveryEndpoint = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  let document: z.infer<typeof Document>
  try {
    const response = await fetch(discoveryEndpoint, {
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
    })
    if (!response.ok) return cannot(`It answers with status ${response.status}.`)
    document = Document.parse(JSON.parse(await bounded(response)))
  } catch {
    return cannot('It cannot be reached, or does not speak OpenID Connect.')
  }
  if (document.issuer !== issuer) return cannot(`It calls itself ${document.issuer}.`)
  const { authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = document
  for (const url of [authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint])
    if (url !== undefined && !mayBeAsked(new URL(url))) return cannot('One of its endpoints is not https.')
  const methods = document.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  return ok({
    issuer,
    discoveryEndpoint,
    authorizationEndpoint: authorization_endpoint,
    tokenEndpoint: token_endpoint,
    jwksEndpoint: jwks_uri,
    ...(userinfo_endpoint === undefined ? {} : { userInfoEndpoint: userinfo_endpoint }),
    tokenEndpointAuthentication: methods.includes('client_secret_basic')
      ? 'client_secret_basic'
      : 'client_secret_post',
  })
}

function isLoopback({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.byteLength
    if (size > MOST_BYTES) throw new RangeError('too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function cannot(why: string): Result<never> {
  return refused({
    code: 'invalid_input',
    message: `This identity provider cannot be used. ${why}`,
    rule: 'sign-in.provider',
    remedy: 'Give the issuer exactly as the provider writes it.',
  })
}
