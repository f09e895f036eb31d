import { verifyApproval, verifyPart } from './approval.ts'
import { checkBinding, checkGates, checkQuorum } from './approval-checks.ts'
import type { EvidenceBundle } from './bundle.ts'
import { type Check, type CommitFacts, type Exhibits, judged, readable } from './check.ts'
import { openCheckpoint } from './checkpoint.ts'
import { checkAuthor, checkCommit, checkPatch, checkRebase } from './commit-checks.ts'
import { readCommit } from './git-commit.ts'
import { checkCheckpoint, checkLog } from './log-checks.ts'
import { parseVerifierText, sameKey, type VerifierKey } from './signing-key.ts'
import { verifyStatement } from './statement.ts'

export interface Verification {
  /** True when no check failed. */
  readonly ok: boolean
  readonly checks: readonly Check[]
}

/**
 * Verifies offline that a commit is what a person approved. `trustedKey` must come from somewhere else than the bundle:
 * without one the rest is still checked, with the bundle's own key, but the verification fails.
 */
export function verifyBundle(request: {
  readonly bundle: EvidenceBundle
  readonly trustedKey?: VerifierKey | undefined
  readonly facts: CommitFacts
}): Verification {
  const { bundle, trustedKey, facts } = request
  const ownKey = parseVerifierText(bundle.key)
  const checkOfKey = checkKey(trustedKey, ownKey.ok ? ownKey.value : undefined)
  const key = trustedKey ?? (ownKey.ok ? ownKey.value : undefined)
  if (key === undefined) return { ok: false, checks: [checkOfKey] }

  const exhibits = readExhibits(bundle, key, facts)
  const checks = [
    checkOfKey,
    readable('statement', exhibits.statement, `Signed by ${key.name}.`),
    readable('approval', exhibits.approval, `Signed by ${key.name} on behalf of the approver.`),
    checkQuorum(exhibits),
    checkBinding(exhibits),
    checkCommit(exhibits),
    checkPatch(exhibits),
    checkRebase(exhibits),
    checkGates(exhibits),
    checkAuthor(exhibits),
    checkCheckpoint(exhibits),
    checkLog(exhibits),
  ]
  return { ok: checks.every((check) => check.status !== 'fail'), checks }
}

function readExhibits(bundle: EvidenceBundle, key: VerifierKey, facts: CommitFacts): Exhibits {
  const statement = verifyStatement(bundle.statement, key)
  const origin = statement.ok ? statement.value.predicate.log.origin : undefined
  return {
    bundle,
    key,
    facts,
    statement,
    approval: verifyApproval(bundle.approval, key),
    parts: (bundle.parts ?? []).map((part) => verifyPart(part, key)),
    commit: readCommit(facts.id, facts.object),
    checkpoint: openCheckpoint(bundle.log.checkpoint, key, origin),
  }
}

function checkKey(trusted: VerifierKey | undefined, own: VerifierKey | undefined): Check {
  return judged(
    'key',
    [
      own === undefined && "The bundle's verifier key is damaged.",
      trusted === undefined &&
        'The key is not pinned: anyone could have made this bundle with a key of their own. Name the key you trust.',
      trusted !== undefined &&
        own !== undefined &&
        !sameKey(trusted, own) &&
        `The bundle was made with the key ${own.name}+${own.id}, but ${trusted.name}+${trusted.id} is trusted.`,
    ],
    `The key ${trusted?.name}+${trusted?.id} is the one you trust.`,
  )
}
