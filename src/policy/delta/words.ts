import { FACTS } from '../cedar/facts.ts'
import type { Answer, Change, Delta } from './delta.ts'

/** More than anybody reads before they say yes; the last line says how many there are besides. */
const MOST_LINES = 40

/** A comparison as sentences, what is newly allowed first: that is what somebody should look at twice. */
export function inWords({ changes, complete }: Delta): readonly string[] {
  if (changes.length === 0) return ['This changes no answer to any question that was tried.']
  const sorted = changes.toSorted((a, b) => ORDER.indexOf(a.to.effect) - ORDER.indexOf(b.to.effect))
  const lines = sorted.slice(0, MOST_LINES).map(sentence)
  if (sorted.length > MOST_LINES) lines.push(`And ${sorted.length - MOST_LINES} more.`)
  const ranged = changes.some(({ when }) => when.some(({ fact }) => isNumber(fact)))
  if (ranged) lines.push('Numbers stand for ranges: each was tried on both sides of what the policies name.')
  if (!complete)
    lines.push('Not all combinations were tried: they are too many. Facts were varied two at a time.')
  return lines
}

function isNumber(fact: string): boolean {
  return Object.hasOwn(FACTS, fact) && FACTS[fact as keyof typeof FACTS].type === 'Long'
}

const ORDER = ['allow', 'confirm', 'deny'] as const

const VERBS = {
  allow: 'This newly allows',
  confirm: 'This newly asks to confirm',
  deny: 'This newly refuses',
} as const

function sentence({ action, from, to, askers, when }: Change): string {
  const who = askers.join(', ')
  const conditions = when.map(({ fact, values }) => `${fact} is ${values.join(' or ')}`)
  const where = conditions.length === 0 ? '' : ` when ${conditions.join(', and ')}`
  const otherwise = from.effect === to.effect && from.confirm !== to.confirm
  return `${verb(to, otherwise)} ${action} to ${who}${where} (${was(from, otherwise)} before).`
}

/** `otherwise` where one way of confirming takes the place of another. */
function verb({ effect, confirm, approvals }: Answer, otherwise: boolean): string {
  if (approvals !== undefined) return `This newly asks for ${approvals}, before it allows`
  return `${VERBS[effect]}${otherwise ? ` with ${confirm}` : ''}`
}

function was({ effect, confirm, approvals }: Answer, otherwise: boolean): string {
  if (approvals !== undefined) return `after ${approvals},`
  return `${WAS[effect]}${otherwise ? ` with ${confirm}` : ''}`
}

const WAS = { allow: 'allowed', confirm: 'to be confirmed', deny: 'refused' } as const
