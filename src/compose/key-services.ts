import { isAbsolute } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'
import type { AwsKmsService } from '#secrets/aws-kms/aws-kms-keys.ts'
import { TRANSIT_KEY, type TransitService } from '#secrets/transit/ask-transit.ts'

/** Who keeps the keys that the keys of secrets are wrapped under: the one for new ones, and those that older ones may still need. */
export interface KeyServices {
  readonly newest: 'local' | 'transit' | 'aws-kms'
  readonly transit?: TransitService & { readonly key: string }
  readonly awsKms?: AwsKmsService
}

/** From the variables of the environment; `AIRLOCK_SECRET_KEYS` names the one for new secrets. */
export function readKeyServices(environment: NodeJS.ProcessEnv): KeyServices {
  const newest = environment.AIRLOCK_SECRET_KEYS || 'local'
  const services = { ...transit(environment), ...awsKms(environment) }
  if (newest === 'local') return { newest, ...services }
  if (newest === 'transit' && services.transit !== undefined) return { newest, ...services }
  if (newest === 'aws-kms' && services.awsKms !== undefined) return { newest, ...services }
  const missing = { transit: 'AIRLOCK_TRANSIT_URL', 'aws-kms': 'AIRLOCK_KMS_KEY' }[newest]
  throw wrong(
    missing === undefined
      ? `AIRLOCK_SECRET_KEYS names no keys: ${newest}`
      : `AIRLOCK_SECRET_KEYS is ${newest}, and ${missing} says nothing.`,
    missing === undefined
      ? 'Give local, transit or aws-kms, or leave it out for local.'
      : `Set ${missing}; docs/secrets.md says what else belongs to it.`,
  )
}

function transit(environment: NodeJS.ProcessEnv): Pick<KeyServices, 'transit'> {
  const url = environment.AIRLOCK_TRANSIT_URL
  if (!url) return {}
  const mount = environment.AIRLOCK_TRANSIT_MOUNT || 'transit'
  const key = environment.AIRLOCK_TRANSIT_KEY || 'airlock'
  if (!/^[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_-]+)*$/.test(mount))
    throw wrong(`AIRLOCK_TRANSIT_MOUNT is no path: ${mount}`, 'Give it without slashes at its ends.')
  if (!TRANSIT_KEY.test(key))
    throw wrong(`AIRLOCK_TRANSIT_KEY is no name of a key: ${key}`, 'Give it as OpenBao or Vault lists it.')
  const namespace = environment.AIRLOCK_TRANSIT_NAMESPACE
  return {
    transit: {
      address: transitAddress(url),
      mount,
      key,
      ...(namespace ? { namespace } : {}),
      token: transitToken(environment),
    },
  }
}

/** Without TLS only on this machine: the token and the keys of secrets travel there. */
function transitAddress(text: string): string {
  const url = URL.parse(text)
  const nearby = url !== null && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  const encrypted = url?.protocol === 'https:' || (url?.protocol === 'http:' && nearby)
  if (url !== null && encrypted && url.href === `${url.origin}/`) return url.origin
  throw wrong(
    `AIRLOCK_TRANSIT_URL is not where keys could be kept: ${text}`,
    'Give an https address without a path, such as https://bao.example.org:8200.',
  )
}

function transitToken(environment: NodeJS.ProcessEnv): TransitService['token'] {
  const { AIRLOCK_TRANSIT_TOKEN: value, AIRLOCK_TRANSIT_TOKEN_FILE: file } = environment
  if (file && isAbsolute(file)) return { file }
  if (value && !file) return { value }
  throw wrong(
    'AIRLOCK_TRANSIT_URL stands without a token.',
    'Name the file that an agent of OpenBao or Vault writes it to (AIRLOCK_TRANSIT_TOKEN_FILE, an absolute path), or give AIRLOCK_TRANSIT_TOKEN.',
  )
}

function awsKms(environment: NodeJS.ProcessEnv): Pick<KeyServices, 'awsKms'> {
  const key = environment.AIRLOCK_KMS_KEY
  if (!key) return {}
  if (/^[A-Za-z0-9:/_-]{1,2048}$/.test(key)) return { awsKms: { key } }
  throw wrong(`AIRLOCK_KMS_KEY is no key: ${key}`, 'Give an ARN, the id of a key, or alias/….')
}

function wrong(message: string, remedy: string): AirlockError {
  return new AirlockError({ code: 'invalid_configuration', message, remedy })
}
