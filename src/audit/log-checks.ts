import type { ApprovalTuple } from '#contract/review.ts'
import { fromBase64 } from '#kernel/bytes.ts'
import { APPROVAL_ACTION, approvalDigest, PART_ACTION } from './approval.ts'
import type { LoggedEntry } from './bundle.ts'
import { type Check, type Exhibits, judged, readable, skipped } from './check.ts'
import type { Checkpoint } from './checkpoint.ts'
import { type AuditEntry, decodeEntry } from './entry.ts'
import { leafHash } from './merkle.ts'
import { verifyInclusion } from './proof.ts'

/** The checkpoint is signed, and of the log that the statement names. */
export function checkCheckpoint({ checkpoint }: Exhibits): Check {
  const size = checkpoint.ok ? checkpoint.value.size : 0
  return readable('checkpoint', checkpoint, `The log is signed for at ${size} entries.`)
}

/** Every entry of the task in the bundle is in the log, and among them the approval, where the statement says, and all parts. */
export function checkLog({ bundle, statement, approval, parts, checkpoint }: Exhibits): Check {
  if (!statement.ok || !approval.ok || !checkpoint.ok)
    return skipped('log', 'It needs the statement, the approval and the checkpoint.')
  const entries = bundle.log.entries.map((logged) => readLogged(logged, checkpoint.value))
  const { index } = statement.value.predicate.log
  const approvalEntry = bundle.log.entries.findIndex((logged) => logged.index === index)
  return judged(
    'log',
    [
      ...entries.map((entry, place) => faultOf(entry, bundle.log.entries[place]?.index, approval.value)),
      !inOrder(bundle.log.entries) && 'The entries are not in order.',
      approvalEntry < 0 && `The approval's entry, number ${index}, is missing.`,
      approvalEntry >= 0 &&
        !records(entries[approvalEntry], approval.value, APPROVAL_ACTION) &&
        `Entry ${index} does not record this approval.`,
      ...parts.map(
        (part) =>
          part.ok &&
          !entries.slice(0, approvalEntry).some((entry) => records(entry, part.value, PART_ACTION)) &&
          `No entry before it records the approval ${part.value.id}.`,
      ),
    ],
    `The approval is entry ${index} of the log; all ${entries.length} entries of the task are in it.`,
  )
}

type Reading = AuditEntry | 'unreadable' | 'not in the log'

function readLogged(logged: LoggedEntry, { size, root }: Checkpoint): Reading {
  const bytes = fromBase64(logged.entry)
  const proof = logged.proof.map(fromBase64).filter((hash) => hash !== undefined)
  if (bytes === undefined || proof.length !== logged.proof.length) return 'unreadable'
  if (!verifyInclusion({ index: logged.index, size, leaf: leafHash(bytes), proof, root }))
    return 'not in the log'
  const entry = decodeEntry(bytes)
  return entry.ok ? entry.value : 'unreadable'
}

function faultOf(entry: Reading, index: number | undefined, approval: ApprovalTuple): string | false {
  if (entry === 'unreadable') return `Entry ${index} is not in canonical form.`
  if (entry === 'not in the log')
    return `Entry ${index} is not in the signed log: it or its proof was changed.`
  const ofThisTask = entry.organisation === approval.organisation && entry.subject === approval.task
  return !ofThisTask && `Entry ${index} is about something else than this task.`
}

function records(entry: Reading | undefined, approval: ApprovalTuple, action: string): boolean {
  return (
    typeof entry === 'object' &&
    entry.action === action &&
    entry.actor.kind === 'person' &&
    entry.actor.id === approval.approver.id &&
    entry.data.approval === approvalDigest(approval) &&
    entry.data.patch === approval.patchDigest
  )
}

function inOrder(entries: readonly LoggedEntry[]): boolean {
  return entries.every((entry, place) => place === 0 || entry.index > (entries[place - 1]?.index ?? -1))
}
