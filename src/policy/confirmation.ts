import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Confirmation } from './cedar/rule.ts'
import type { Confirmed } from './confirmed.ts'
import { type Decision, type Question, refusalOf } from './decide.ts'

/**
 * Allowed, or confirmed as the rules want it; else the refusal, which says how to confirm. Never allowed by silence. Whether
 * enough others approved is for whoever gives an approval to weigh: `approvals` of the decision says what is asked for.
 */
export function settle(decision: Decision, question: Question, version: string): Result<void> {
  if (decision.effect === 'allow') return ok(undefined)
  if (decision.effect === 'deny') return refused(refusalOf(decision))
  if (decision.confirm === 'other-person' && decision.approvals !== undefined) return ok(undefined)
  const code = codeOf(question, version)
  const { confirmed } = question.actor
  const given = confirmed?.method === 'code' && confirmed.code !== code ? undefined : confirmed?.method
  if (given !== undefined && decision.confirm !== undefined && ENOUGH[decision.confirm].includes(given))
    return ok(undefined)
  return refused(toConfirm(decision, code))
}

/** What is taken for each: a stronger proof for a plain yes, but nothing for having seen the very question. */
const ENOUGH: Readonly<Record<Confirmation, readonly Confirmed['method'][]>> = {
  yes: ['yes', 'code', 'second-factor'],
  code: ['code'],
  'second-factor': ['second-factor'],
  'other-person': [],
}

function toConfirm(decision: Decision, code: string): Failure {
  const refusal = refusalOf(decision)
  switch (decision.confirm) {
    case 'yes':
      return {
        ...refusal,
        code: 'confirmation_needed',
        remedy: 'Ask again with --confirm yes (over HTTP with the header `airlock-confirmation: yes`).',
        details: { method: 'yes' },
      }
    case 'code':
      return {
        ...refusal,
        code: 'confirmation_needed',
        remedy: `Ask again with --confirm "code ${code}" (over HTTP with that as the header \`airlock-confirmation\`).`,
        details: { method: 'code', code },
      }
    case 'second-factor':
      return {
        ...refusal,
        code: 'confirmation_needed',
        remedy:
          'Ask again with --confirm second-factor (over HTTP with `totp` and the six digits of your authenticator app as the header `airlock-confirmation`).',
        details: { method: 'second-factor' },
      }
    default:
      // Of somebody else's word is asked before: what comes here has nobody's.
      return { ...refusal, code: 'permission_denied', details: { method: 'other-person' } }
  }
}

/** What takes somebody else's word, which has an id of its own. */
export function toSecond(decision: Decision, id: string): Failure {
  return {
    ...refusalOf(decision),
    code: 'confirmation_needed',
    remedy: `Have somebody who could do it themselves say: airlock confirm ${id}; then ask again within the hour.`,
    details: { method: 'other-person', confirmation: id },
  }
}

/** Fits this very question and no other: typing it takes having seen what it is about. It is no secret. */
function codeOf({ actor, action, place, facts }: Question, version: string): string {
  const asked = { version, person: actor.person.id, action, place, facts }
  return digestOf(canonicalJson(asked as unknown as Json))
    .replace(/^sha256:/, '')
    .slice(0, 6)
}
