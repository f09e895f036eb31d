import type { Failure } from '#kernel/failure.ts'
import type { HttpsAnswer } from './https.ts'

const FROM_FILE = 'bring the image in from a file: airlock image add FILE'

/** What a registry's status means for whoever wanted an image. Its own words are not passed on. */
export async function deniedBy({ status, body }: HttpsAnswer, name: string): Promise<Failure> {
  await body.dump()
  const [rule, message, remedy] = meaningOf(status, name)
  return { code: 'image_unavailable', rule, message, remedy, details: { status } }
}

function meaningOf(status: number, name: string): [rule: string, message: string, remedy: string] {
  if (status === 404)
    return ['image.not-found', `The registry has no such image in ${name}.`, 'Check its name, tag or digest.']
  if (status === 401 || status === 403)
    return [
      'image.denied',
      `The registry does not give ${name} to whoever has no account, or has no such image.`,
      `Check its name; for one that is private, ${FROM_FILE}.`,
    ]
  if (status === 429)
    return [
      'image.rate',
      `The registry has had too many requests from this host.`,
      `Try again later, or ${FROM_FILE}.`,
    ]
  return [
    'image.registry-refuses',
    `The registry answers ${status} for ${name}.`,
    `Try again later, or ${FROM_FILE}.`,
  ]
}

/** A registry that does what the specification does not know. */
export function strange(host: string, what: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.registry-form',
    message: `The registry ${what} (${host}).`,
    remedy: `Choose another registry, or ${FROM_FILE}.`,
  }
}
