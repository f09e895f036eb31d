import { createPrivateKey, sign } from 'node:crypto'
import { request } from 'undici'
import { z } from 'zod'
import type { Clock } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { isObject, parseObject } from '../protocols/protocol.ts'
import { parseProviderAddress } from '../provider-address.ts'

const TOKEN_ADDRESS = 'https://oauth2.googleapis.com/token'
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const PATIENCE = 20_000
/** A token is renewed this long before it ends, so that none ends on its way. */
const EARLY = 300_000

const ServiceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string(),
  private_key: z.string(),
  private_key_id: z.string().optional(),
  token_uri: z.string().default(TOKEN_ADDRESS),
})
const AuthorizedUser = z.object({
  type: z.literal('authorized_user'),
  client_id: z.string(),
  client_secret: z.string(),
  refresh_token: z.string(),
  token_uri: z.string().default(TOKEN_ADDRESS),
})
const Credential = z.discriminatedUnion('type', [ServiceAccount, AuthorizedUser])
type Credential = z.infer<typeof Credential>

/**
 * Access tokens of Google Cloud. The key is the JSON file of a service account (RFC 7523) or of
 * `gcloud auth application-default login` (RFC 6749 section 6), or a token itself, which then is not renewed.
 */
export function createGoogleToken(key: string, clock: Clock): Result<() => Promise<string>> {
  if (!key.trimStart().startsWith('{')) return ok(async () => key)
  const parsed = Credential.safeParse(parseObject(key))
  if (!parsed.success || !isUsable(parsed.data))
    return refused({
      code: 'invalid_configuration',
      message: 'The key is JSON, but no key of a service account and no credential of a user.',
      remedy: 'Give the JSON file as Google Cloud wrote it.',
    })
  const credential = parsed.data
  let current: Promise<{ token: string; until: number }> | undefined
  return ok(async () => {
    const fetched = await current
    if (!fetched || clock() >= fetched.until) {
      current = fetchToken(credential, clock())
      current.catch(() => {
        current = undefined
      })
    }
    return (await current)?.token ?? ''
  })
}

async function fetchToken(credential: Credential, now: number): Promise<{ token: string; until: number }> {
  const response = await request(credential.token_uri, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(grantOf(credential, now)).toString(),
    signal: AbortSignal.timeout(PATIENCE),
  })
  const answer = parseObject(await response.body.text())
  if (response.statusCode !== 200 || !isObject(answer) || typeof answer.access_token !== 'string')
    throw new Error(`Google answers ${response.statusCode} to the credential`)
  const seconds = typeof answer.expires_in === 'number' ? answer.expires_in : 0
  return { token: answer.access_token, until: now + seconds * 1_000 - EARLY }
}

function grantOf(credential: Credential, now: number): Record<string, string> {
  if (credential.type === 'authorized_user') {
    const { client_id, client_secret, refresh_token } = credential
    return { grant_type: 'refresh_token', client_id, client_secret, refresh_token }
  }
  return {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertionOf(credential, now),
  }
}

function assertionOf(account: z.infer<typeof ServiceAccount>, now: number): string {
  const issued = Math.floor(now / 1_000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const { client_email: iss, token_uri: aud, private_key_id: kid } = account
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid })}.${part({ iss, scope: SCOPE, aud, iat: issued, exp: issued + 3_600 })}`
  return `${text}.${sign('sha256', Buffer.from(text), account.private_key).toString('base64url')}`
}

/** The address must be as safe as a provider's: what goes there is worth as much as a key. */
function isUsable(credential: Credential): boolean {
  if (!parseProviderAddress(credential.token_uri).ok) return false
  if (credential.type === 'authorized_user') return true
  try {
    return createPrivateKey(credential.private_key).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}
