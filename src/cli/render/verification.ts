import { verifyApproval } from '#audit/approval.ts'
import type { EvidenceBundle } from '#audit/bundle.ts'
import type { Check } from '#audit/check.ts'
import type { VerifierKey } from '#audit/signing-key.ts'
import type { Verification } from '#audit/verify.ts'
import type { ApprovalTuple } from '#contract/review.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { pairs } from '../terminal/table.ts'

interface Verified {
  readonly commit: string
  readonly verification: Verification
  readonly bundle: EvidenceBundle
  readonly key: VerifierKey | undefined
}

/** Each check with its outcome; then, only when all hold, who approved what. */
export function verificationText({ commit, verification, bundle, key }: Verified, paint: Paint): string {
  const widest = Math.max(...verification.checks.map((check) => check.name.length))
  const checks = verification.checks.map((check) => checkLine(check, widest, paint))
  const failed = verification.checks.filter((check) => check.status === 'fail')
  if (failed.length > 0) {
    const names = failed.map((check) => check.name).join(', ')
    return [...checks, '', paint(['bold', 'red'], `NOT VERIFIED: ${commit.slice(0, 12)} (${names})`)].join(
      '\n',
    )
  }
  const approval = key === undefined ? undefined : verifyApproval(bundle.approval, key)
  return [
    ...checks,
    '',
    paint(['bold', 'green'], `VERIFIED: ${commit.slice(0, 12)} is exactly what was approved.`),
    ...(approval?.ok ? [pairs(approvalFacts(approval.value, bundle), paint)] : []),
  ].join('\n')
}

const MARK = {
  pass: ['✓', 'green'],
  fail: ['✗', 'red'],
  skipped: ['–', 'dim'],
} as const

function checkLine(check: Check, widest: number, paint: Paint): string {
  const [mark, colour] = MARK[check.status]
  const text = withShortDigests(oneLine(check.detail))
  const detail = check.status === 'fail' ? text : paint('dim', text)
  return `${paint(colour, mark)} ${check.name.padEnd(widest)}  ${detail}`
}

/** The whole digest stands among the facts below. */
function withShortDigests(text: string): string {
  return text.replaceAll(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, '$1…')
}

function approvalFacts(approval: ApprovalTuple, { gates }: EvidenceBundle): [string, string][] {
  const { approver, requester } = approval
  const others = approval.quorum?.with ?? []
  return [
    ['approval', `${oneLine(approval.id)}, ${oneLine(approval.approvedAt)}`],
    ['approver', `${oneLine(approver.name)} <${oneLine(approver.email)}>`],
    ...others.map(({ approver: { name, email } }): [string, string] => [
      'with',
      `${oneLine(name)} <${oneLine(email)}>`,
    ]),
    ['asked by', `${oneLine(requester.name)} <${oneLine(requester.email)}>`],
    ['patch', oneLine(approval.patchDigest)],
    [
      'gates',
      `${gates.verdict.replaceAll('_', ' ')}: ${gates.gates.map((gate) => oneLine(gate.name)).join(', ') || 'none'}`,
    ],
    [
      'made by',
      `${oneLine(approval.agent)} with ${oneLine(approval.model)}, task ${approval.taskNumber}, attempt ${approval.attempt}`,
    ],
  ]
}
