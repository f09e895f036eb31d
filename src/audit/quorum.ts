import type { ApprovalTuple, Quorum } from '#contract/review.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { millisecondsOf } from '#kernel/instant.ts'
import { approvalDigest } from './approval.ts'

/** What an approval is about: all of it but who gave it, and when. */
export type ApprovalSubject = Omit<ApprovalTuple, 'id' | 'approver' | 'approvedAt' | 'quorum'>

export function subjectOf(approval: ApprovalTuple): ApprovalSubject {
  const { id: _id, approver: _approver, approvedAt: _approvedAt, quorum: _quorum, ...subject } = approval
  return subject
}

/** The same patch, tree, base, checks, rules, message and branch, to the letter. */
export function isAbout(approval: ApprovalTuple, subject: ApprovalSubject): boolean {
  return canonicalJson(subjectOf(approval)) === canonicalJson(subject)
}

/** How old an approval was at a moment, in seconds; one that was given after it is no age at all. */
export function ageAt({ approvedAt }: ApprovalTuple, moment: string): number {
  const age = (millisecondsOf(moment) - millisecondsOf(approvedAt)) / 1_000
  return age >= 0 ? age : Number.POSITIVE_INFINITY
}

/**
 * Everything that is wrong with the approvals on which the last one says it rests: missing or besides, of something else,
 * twice by one person or by the one who asked, fewer than a rule needed, or too old for it.
 */
export function quorumFaults(last: ApprovalTuple, parts: readonly ApprovalTuple[]): readonly string[] {
  const { quorum } = last
  if (quorum === undefined)
    return parts.length === 0 ? [] : ['There are earlier approvals, and the last one rests on none.']
  const all = [...parts, last]
  return [
    ...partFaults(last, quorum, parts),
    ...peopleFaults(last, all),
    ...(all.length < quorum.needed
      ? [`${quorum.needed} approvals were needed, and there are ${all.length}.`]
      : []),
    ...quorum.rules.flatMap((rule) => ruleFaults(rule, last, all)),
  ]
}

function partFaults(last: ApprovalTuple, quorum: Quorum, parts: readonly ApprovalTuple[]): string[] {
  const faults = parts.flatMap((part, place) => {
    const named = quorum.with[place]
    const isNamed = named?.approval === approvalDigest(part) && named.approver.id === part.approver.id
    return [
      !isNamed && `The approval ${part.id} is not one on which the last one rests.`,
      !(part.quorum === undefined && isAbout(part, subjectOf(last))) &&
        `The approval ${part.id} is about something else.`,
    ].filter((fault) => fault !== false)
  })
  const missing = quorum.with.length - parts.length
  if (missing <= 0) return faults
  return [
    ...faults,
    `${missing === 1 ? 'One approval is' : `${missing} approvals are`} missing on which it rests.`,
  ]
}

function peopleFaults(last: ApprovalTuple, all: readonly ApprovalTuple[]): string[] {
  const people = all.map(({ approver }) => approver.id)
  return [
    new Set(people).size !== people.length && 'One person approved twice.',
    // Alone they may where nobody else can: then there is nobody who approved with them.
    all.length > 1 &&
      people.includes(last.requester.id) &&
      'Whoever asked for the change is among its approvers.',
  ].filter((fault) => fault !== false)
}

function ruleFaults(
  { rule, needed, withinSeconds, counted }: Quorum['rules'][number],
  last: ApprovalTuple,
  all: readonly ApprovalTuple[],
): string[] {
  const theirs = counted.map((id) => all.find(({ approver }) => approver.id === id))
  return [
    new Set(counted).size < needed &&
      `The rule ${rule} needed ${needed}, and counted ${new Set(counted).size}.`,
    theirs.includes(undefined) && `The rule ${rule} counted somebody who did not approve.`,
    theirs.some((part) => part !== undefined && ageAt(part, last.approvedAt) > withinSeconds) &&
      `The rule ${rule} counted an approval that was too old.`,
  ].filter((fault) => fault !== false)
}
