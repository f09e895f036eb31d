import { digestOf } from '#kernel/bytes.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { instantOf } from '#kernel/instant.ts'
import type { Actor } from '#policy/actor.ts'
import { keepLogText } from '#store/log-texts.ts'
import type { Tx } from '#store/schema.ts'
import type { Workshop } from './workshop.ts'

/**
 * What a person wrote, for an entry of the log: there stands its salted digest for ever, and beside the log the text, which
 * can be erased together with the salt. The log then still verifies, and the digest tells nothing.
 */
export async function textForLog(
  { clock, random }: Pick<Workshop, 'clock' | 'random'>,
  tx: Tx,
  actor: Actor,
  subject: string,
  text: string,
): Promise<{ readonly [key: string]: Json }> {
  const salt = random(16)
  const digest = digestOf(`${Buffer.from(salt).toString('hex')} ${text}`)
  await keepLogText(tx, {
    digest,
    subject,
    person: actor.person.id,
    salt,
    text,
    createdAt: instantOf(clock()),
  })
  return { erasable: digest }
}
