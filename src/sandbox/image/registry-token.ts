import { z } from 'zod'
import { AirlockError } from '#kernel/failure.ts'
import { type Https, readUpTo } from './https.ts'
import { deniedBy, strange } from './registry-refusals.ts'

const MOST_TOKEN = 64 * 1024
/** A header field: visible characters only, so that nothing else can be smuggled in. */
const Secret = z.string().regex(/^[\x21-\x7e]{1,16384}$/)
const Token = z.looseObject({ token: Secret.optional(), access_token: Secret.optional() })

/**
 * A token to read one repository with, for nobody in particular, as the registry's challenge asks for (distribution
 * specification, token authentication). Throws an AirlockError when there is none to be had.
 */
export async function requestToken(
  https: Https,
  host: string,
  challenge: string,
  repository: string,
): Promise<string> {
  const { realm = '', service } = parametersOf(challenge)
  const url = URL.canParse(realm) ? new URL(realm) : undefined
  // Another port than the usual one only where the registry itself answers: what else listens there is nobody's business.
  const port = url?.port === '' || url?.hostname === host.split(':')[0]
  if (url === undefined || !port || url.protocol !== 'https:' || url.username !== '' || url.password !== '')
    throw new AirlockError(strange(host, 'wants a login that nobody can give'))
  if (service !== undefined) url.searchParams.set('service', service)
  // Not the scope of the challenge: nothing more than this is ever asked for.
  url.searchParams.set('scope', `repository:${repository}:pull`)
  const answer = await https.get(url)
  if (answer.status !== 200) throw new AirlockError(await deniedBy(answer, repository))
  const bytes = await readUpTo(answer.body, MOST_TOKEN)
  const { token, access_token } = tokenIn(bytes)
  const found = token ?? access_token
  if (found === undefined) throw new AirlockError(strange(host, 'gives no token'))
  return found
}

function parametersOf(challenge: string): Readonly<Record<string, string>> {
  if (challenge.length > 4_096 || !/^Bearer /i.test(challenge)) return {}
  const pairs = challenge.matchAll(/([a-z_]{1,32})="([^"]{0,1024})"/gi)
  return Object.fromEntries([...pairs].map(([, name = '', value = '']) => [name.toLowerCase(), value]))
}

function tokenIn(bytes: Buffer | undefined): z.infer<typeof Token> {
  try {
    return Token.parse(JSON.parse(bytes?.toString('utf8') ?? ''))
  } catch {
    return {}
  }
}
