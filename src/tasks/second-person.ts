import type { Person } from '#contract/task.ts'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { memberOf } from '#policy/actor.ts'
import type { Decision, Question } from '#policy/decide.ts'
import type { Policy } from '#policy/policy.ts'
import {
  endOldestWaiting,
  insertConfirmation,
  standingConfirmation,
  useConfirmation,
} from '#store/confirmations.ts'
import { personById } from '#store/people.ts'
import { bindingsOf } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import { asCountedAt } from './counted-at.ts'
import type { Workshop } from './workshop.ts'

type Room = Pick<Workshop, 'store' | 'clock' | 'random' | 'policyOf'>

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

/** Of one asker. */
const MOST_WAITING = 20

/** Somebody else confirmed exactly this question, and that is used up now; else the id under which they can. */
export type Seconded = { readonly given: true } | { readonly given: false; readonly id: string }

/**
 * Looks for the word of a second person, once for each time that somebody asks; where there is none, it is asked for.
 * `about` tells them in words what rules do not see; the word is for exactly that.
 */
export async function secondPerson(room: Room, question: Question, about: string): Promise<Seconded> {
  const { store, clock, random } = room
  const policy = await room.policyOf(question.actor.organisation)
  const { actor, action, place, facts } = question
  const now = clock()
  const at = instantOf(now)
  return store.inOrganisation(actor.organisation, async (tx): Promise<Seconded> => {
    const digest = digestOfQuestion(question, about)
    const known = await standingConfirmation(tx, digest, at)
    const given = known !== undefined && known.givenAt !== null
    if (given && (await stillCould(room, tx, policy, question, known.givenBy)))
      if (await useConfirmation(tx, known.id, at)) return { given: true }
    if (known !== undefined && known.givenAt === null) return { given: false, id: known.id }
    await endOldestWaiting(tx, actor.person.id, at, MOST_WAITING - 1)
    const { id } = await insertConfirmation(tx, {
      ...{ id: newId('cnf', random), digest, action, place, facts, about },
      ...{ askedBy: actor.person, askedAt: at, expiresAt: instantOf(now + DAY_MILLISECONDS) },
    })
    return { given: false, id }
  })
}

/** Whoever lost their role since has taken their word with it. */
async function stillCould(
  room: Room,
  tx: Tx,
  policy: Policy,
  { actor, action, place, facts }: Question,
  giver: Person | null,
): Promise<boolean> {
  const person = giver === null ? undefined : await personById(tx, giver.id)
  if (person === undefined || person.removedAt !== null) return false
  const { id, name, email, role } = person
  const them = memberOf(actor.organisation, { id, name, email }, role, await bindingsOf(tx, id))
  const counted = await asCountedAt(room, them, place)
  return couldDoIt(policy.decide({ actor: counted, action, place, facts }))
}

/** Whoever confirms answers for it like whoever asks: they might do it themselves, but for needing somebody else. */
export function couldDoIt({ effect, confirm }: Decision): boolean {
  return effect === 'allow' || (effect === 'confirm' && confirm === 'other-person')
}

/** What passes while somebody thinks is no part of the question. */
const PASSING = ['minutesSinceRoleChange', 'minutesSinceOwnRoleChange']

function digestOfQuestion({ actor, action, place, facts }: Question, about: string): string {
  const lasting = Object.entries(facts).filter(([name]) => !PASSING.includes(name))
  const asked = { person: actor.person.id, action, place, facts: Object.fromEntries(lasting), about }
  return digestOf(canonicalJson(asked as unknown as Json))
}
