import type { Approvals, Task } from '#contract/task.ts'
import { instantOf } from '#kernel/instant.ts'
import type { Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { type Claim, type Weighed, weigh, whoFor } from '#policy/quorum.ts'
import type { TaskRow } from '#store/schema.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { approvalQuestion } from './approval-question.ts'
import { underReview } from './approval-subject.ts'
import { type GivenApproval, givenApprovals } from './given-approvals.ts'
import { claimsFor, mostNeeded } from './quorum.ts'

/** Who approved a patch under review, who is missing and why; nothing where one approval is enough and none stands. */
export async function approvalsView(
  workshop: Workshop,
  actor: Actor,
  task: TaskRow,
): Promise<Pick<Task, 'approvals'>> {
  if (task.state !== 'awaiting_review') return {}
  const given = await givenApprovals(workshop, actor, task, instantOf(workshop.clock()))
  const question = await workshop.store.inOrganisation(task.organisation, (tx) =>
    approvalQuestion(tx, actor, task, given[0]?.approval.branch),
  )
  const policy = await workshop.policyOf(task.organisation)
  const decision = policy.decide(question)
  if (decision.approvals === undefined && given.length === 0) return {}
  const review = await underReview(workshop, task)
  if (review === undefined) return {}
  return { approvals: viewOf(given, await claimsFor(workshop, task, review.patch, decision)) }
}

function viewOf(given: readonly GivenApproval[], claims: Result<readonly Claim[]>): Approvals {
  const weighed = weigh(
    claims.ok ? claims.value : [],
    given.flatMap(({ standing }) => standing ?? []),
  )
  const told = given.map(({ approval, standing, void: why }) => ({
    approval,
    given: { approver: approval.approver, at: approval.approvedAt },
    why: standing === undefined ? (why ?? '') : tooOld(standing.ageInSeconds, weighed),
  }))
  const first = told.find(({ why }) => why === undefined)?.approval
  return {
    needed: mostNeeded(weighed),
    given: told.flatMap(({ given: each, why }) => (why === undefined ? [each] : [])),
    ...(first === undefined
      ? {}
      : { wording: { message: first.message, branch: first.branch, push: first.push } }),
    missing: [
      ...weighed.flatMap(({ claim, missing: count }) =>
        count === 0 ? [] : [{ rule: claim.rule, reason: claim.reason, count, who: whoFor(claim) }],
      ),
      ...(claims.ok
        ? []
        : [{ rule: claims.failure.rule ?? '', reason: claims.failure.message, count: 1, who: 'nobody' }]),
    ],
    void: told.flatMap(({ given: each, why }) => (why === undefined ? [] : [{ ...each, why }])),
  }
}

function tooOld(ageInSeconds: number, weighed: readonly Weighed[]): string | undefined {
  const counts = weighed.some(({ claim }) => ageInSeconds <= claim.withinSeconds)
  return counts || weighed.length === 0 ? undefined : 'It is older than an approval may be.'
}
