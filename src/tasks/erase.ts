import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { type AuditActor, encodeEntry } from '#audit/entry.ts'
import { END_STATES } from '#contract/task.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { appendEntries } from '#store/audit-log.ts'
import { eraseTask as eraseRows } from '#store/erasure.ts'
import { preservedOf } from '#store/preserved-workspaces.ts'
import type { TaskRow } from '#store/schema.ts'
import { destroyPreserved } from './preserve.ts'
import type { Workshop } from './workshop.ts'

/**
 * Forgets what a task that is at an end left behind: its question, events, patches, reports, kept workspace and links.
 * Number, states, digests and spend stay, and so does every entry of the log, which says who erased it.
 */
export async function eraseTask(
  workshop: Workshop,
  by: AuditActor,
  task: TaskRow,
  evidence: boolean,
): Promise<Result<void>> {
  const { store, clock, evidenceDirectory } = workshop
  if (!END_STATES.includes(task.state))
    return refused({
      code: 'wrong_state',
      rule: 'data.ended-tasks',
      message: `Task ${task.number} is ${task.state.replaceAll('_', ' ')}.`,
      remedy: `Cancel it first: airlock cancel ${task.number}.`,
    })
  const kept = await store.inOrganisation(task.organisation, (tx) => preservedOf(tx, task.id))
  if (kept !== undefined) await destroyPreserved(workshop, task.organisation, kept, 'replaced')
  const at = instantOf(clock())
  const erased = await store.inOrganisation(task.organisation, async (tx) => {
    if (!(await eraseRows(tx, task.id, { at, evidence }))) return false
    const data = { number: task.number, evidence: evidence ? 'erased' : 'kept' }
    const entry = {
      version: 1,
      organisation: task.organisation,
      at,
      actor: by,
      action: 'task.erased',
    } as const
    await appendEntries(tx, [encodeEntry({ ...entry, subject: task.id, data })])
    return true
  })
  if (!erased)
    return refused({
      code: 'conflict',
      rule: 'data.erased',
      message: `Task ${task.number} is erased already, or began again.`,
      remedy: `See airlock show ${task.number}.`,
    })
  const commit = task.publication?.commit
  if (evidence && commit !== undefined)
    await unlink(join(evidenceDirectory, `${commit}.json`)).catch(() => undefined)
  return ok(undefined)
}
