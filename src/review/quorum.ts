import { approvalDigest } from '#audit/approval.ts'
import type { ApprovalTuple, Quorum } from '#contract/review.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Decision } from '#policy/decide.ts'
import { type Claim, claimsOf, isRole, type Weighed } from '#policy/quorum.ts'
import type { PatchRow } from '#store/patches.ts'
import type { TaskRow } from '#store/schema.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { ownedPaths } from './owned-paths.ts'

/** What approvals the rules that spoke ask for, of this very patch. */
export async function claimsFor(
  workshop: Workshop,
  task: TaskRow,
  patch: PatchRow,
  { approvals = [] }: Decision,
): Promise<Result<readonly Claim[]>> {
  if (!approvals.some(({ by }) => by === 'code-owners')) return ok(claimsOf(approvals, []))
  const owned = await ownedPaths(workshop, task, patch)
  return owned.ok ? ok(claimsOf(approvals, owned.value)) : owned
}

/** On whose approvals the last one rests: what it signs besides. Nothing where no rule asked for any. */
export function quorumOf(
  weighed: readonly Weighed[],
  earlier: readonly { readonly approval: ApprovalTuple }[],
): { readonly quorum?: Quorum } {
  if (weighed.length === 0) return {}
  const counted = new Set(weighed.flatMap((each) => each.counted))
  return {
    quorum: {
      needed: mostNeeded(weighed),
      rules: weighed.map((each) => ({
        rule: each.claim.rule,
        needed: each.claim.needed,
        withinSeconds: each.claim.withinSeconds,
        counted: [...each.counted],
        ...namesIn(each.claim),
      })),
      with: earlier
        .filter(({ approval }) => counted.has(approval.approver.id))
        .map(({ approval }) => ({ approval: approvalDigest(approval), approver: approval.approver })),
    },
  }
}

/** How many different people it takes at least. */
export function mostNeeded(weighed: readonly Weighed[]): number {
  return Math.max(1, ...weighed.map(({ claim }) => claim.needed))
}

function namesIn({ by }: Claim): Pick<Quorum['rules'][number], 'by' | 'owners'> {
  if (by === undefined) return {}
  return isRole(by) ? { by } : { by: 'code-owners', owners: [...by.owners] }
}
