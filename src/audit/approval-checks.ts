import { canonicalJson, type Json } from '#kernel/canonical-json.ts'
import { type Check, type Exhibits, judged, skipped } from './check.ts'
import { quorumFaults } from './quorum.ts'
import { agreedIn, gateReportDigest, summariseGates } from './statement.ts'

/** The statement repeats the approval exactly: base, tree, patch, gates, grant, policy version, branch, people. */
export function checkBinding({ statement, approval }: Exhibits): Check {
  if (!statement.ok || !approval.ok)
    return skipped('binding', 'It needs both the statement and the approval.')
  const stated = statement.value.predicate
  const agreed = agreedIn(approval.value)
  const { id: _id, spend: _spend, ...attempt } = stated.attempt
  const differing = [
    ...differences('', agreed, { ...stated, attempt }),
    ...(approval.value.gateReportDigest === stated.gates.digest ? [] : ['gates']),
    ...(statement.value.subject[0].name === `refs/heads/${agreed.branch}` ? [] : ['subject']),
  ]
  return judged(
    'binding',
    differing.map((field) => `The statement and the approval differ in ${field}.`),
    `The statement is about approval ${approval.value.id} by ${approval.value.approver.name}.`,
  )
}

/** Where rules asked for several approvals, they are all there, each of somebody else, of the same and in time. */
export function checkQuorum({ approval, parts }: Exhibits): Check {
  if (!approval.ok) return skipped('quorum', 'It needs the approval.')
  const read = parts.flatMap((part) => (part.ok ? [part.value] : []))
  const unreadable = parts.flatMap((part) => (part.ok ? [] : [part.failure.message]))
  const faults = [...unreadable, ...quorumFaults(approval.value, read)]
  const { quorum } = approval.value
  if (quorum === undefined && faults.length === 0) return skipped('quorum', 'No rule asked for approvals.')
  const rules = quorum?.rules.map(({ rule }) => rule) ?? []
  return judged(
    'quorum',
    faults,
    `${read.length + 1} people approved exactly this, as ${[...new Set(rules)].join(', ')} asked.`,
  )
}

/** The gate report is the one the approver saw, and it is about the approved patch. */
export function checkGates({ bundle, statement }: Exhibits): Check {
  if (!statement.ok) return skipped('gates', 'It needs the statement.')
  const { gates, approved } = statement.value.predicate
  const untouched = gateReportDigest(bundle.gates) === gates.digest
  return judged(
    'gates',
    [
      !untouched && 'The gate report is not the one that was approved: it was changed afterwards.',
      untouched && bundle.gates.patch !== approved.patch && 'The gate report is about another patch.',
      untouched &&
        canonicalJson(summariseGates(bundle.gates)) !== canonicalJson(gates) &&
        'The summary of the gates in the statement does not fit the report.',
    ],
    `The gate report is the approved one: ${gates.verdict}, ${gates.gates} gates, ${gates.new} new findings.`,
  )
}

/** Names the fields, one level deep, in which what was stated is not what was agreed. */
function differences(
  path: string,
  agreed: Readonly<Record<string, unknown>>,
  stated: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(agreed).flatMap(([field, value]) => {
    const place = path + field
    const other = stated[field]
    if (isRecord(value) && isRecord(other)) return differences(`${place}.`, value, other)
    return canonicalJson(value as Json) === canonicalJson((other ?? null) as Json) ? [] : [place]
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
