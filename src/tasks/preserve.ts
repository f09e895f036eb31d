import { encodeEntry } from '#audit/entry.ts'
import type { PreservedWorkspace } from '#contract/preserved.ts'
import type { Json } from '#kernel/canonical-json.ts'
import { failureOf } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf, millisecondsOf } from '#kernel/instant.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { appendEntries } from '#store/audit-log.ts'
import {
  allPreserved,
  endPreserved,
  insertPreserved,
  type PreservedRow,
  preservedOf,
} from '#store/preserved-workspaces.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { imageOf } from './image.ts'
import { SYSTEM } from './move.ts'
import { sandboxed } from './sandboxed.ts'
import type { StepContext } from './step.ts'
import type { Workshop } from './workshop.ts'

/** Each may be as large as a workspace may be. */
const MOST_PRESERVED = 10

/**
 * Keeps a workspace that has done its work for a look around, where the task asks for it: as a copy that no task uses again,
 * until its time is over. One a task; a later one takes its place. What cannot be kept is said, and stops nothing.
 */
export async function preserve(
  context: StepContext,
  workspace: Workspace,
  phase: PreservedRow['phase'],
): Promise<void> {
  const { workshop, task, tell, signal } = context
  if (task.preserveSeconds === null || signal.aborted) return
  try {
    const before = await workshop.store.inOrganisation(task.organisation, (tx) => preservedOf(tx, task.id))
    if (before !== undefined) await destroyPreserved(workshop, task.organisation, before, 'replaced')
    if ((await workshop.preserved.ids()).length >= MOST_PRESERVED)
      return tell({
        kind: 'step',
        step: 'preserve',
        note: `Not kept: ${MOST_PRESERVED} workspaces are kept already.`,
      })
    await cleanUp(context, workspace)
    const id = newId('kpt', workshop.random)
    await workshop.preserved.keep(id, workspace.path)
    const now = workshop.clock()
    const expiresAt = instantOf(now + task.preserveSeconds * 1_000)
    await workshop.store.inOrganisation(task.organisation, async (tx) => {
      const preservedAt = instantOf(now)
      await insertPreserved(tx, { id, task: task.id, attempt: task.attempt, phase, preservedAt, expiresAt })
      await logSystem(tx, workshop, task.organisation, 'sandbox.preserved', task.id, {
        phase,
        until: expiresAt,
      })
    })
    tell({ kind: 'step', step: 'preserve', note: `The workspace is kept until ${expiresAt}.` })
  } catch (thrown) {
    workshop.onProblem(`the workspace of task ${task.number} could not be kept`, thrown)
    tell({ kind: 'step', step: 'preserve', note: `Not kept: ${failureOf(thrown).message}` })
  }
}

/** What cleanup may take; a command that fails or hangs keeps nothing from being kept. */
const CLEANUP_SECONDS = 120

/** The project's own last word on a workspace: in check sandboxes, one a command, with nothing but the workspace. */
async function cleanUp(context: StepContext, workspace: Workspace): Promise<void> {
  const { workshop, task, tell, signal } = context
  const image = await imageOf(context)
  if (!image.ok) return
  for (const command of task.projectFile?.cleanup ?? []) {
    const ended = await sandboxed(
      workshop,
      {
        ...taskCommand('check', workshop.runtime, ['/bin/sh', '-c', command], { image: image.value }),
        workspace: { source: workspace.path, target: '/workspace', writable: 'all' },
        limits: { ...workshop.limits, seconds: CLEANUP_SECONDS },
      },
      signal,
    )
    if (!ended.ok) return tell({ kind: 'step', step: 'cleanup', note: ended.failure.message })
    const { exitCode, seconds } = ended.value
    tell({ kind: 'command', command, exitCode, seconds, phase: 'check' })
  }
}

export function preservedView(row: PreservedRow): PreservedWorkspace {
  const { attempt, phase, preservedAt, expiresAt } = row
  return { attempt, phase, preservedAt, expiresAt }
}

/** What a task has kept that has not expired; for whoever has the task at hand. */
export async function standingPreserved(
  tx: Tx,
  workshop: Workshop,
  task: TaskRow,
): Promise<PreservedRow | undefined> {
  const row = await preservedOf(tx, task.id)
  return row !== undefined && millisecondsOf(row.expiresAt) > workshop.clock() ? row : undefined
}

type Ending = 'expired' | 'replaced' | 'lost'

/** Puts a kept workspace out of reach, then writes that down; a crash in between is mended by the next start. */
export async function destroyPreserved(
  workshop: Workshop,
  organisation: string,
  row: PreservedRow,
  why: Ending | ((tx: Tx) => Promise<void>),
): Promise<void> {
  await workshop.preserved.putAside(row.id)
  await workshop.store.inOrganisation(organisation, async (tx) => {
    if (!(await endPreserved(tx, row.id, instantOf(workshop.clock())))) return
    if (typeof why === 'function') return why(tx)
    await logSystem(tx, workshop, organisation, 'sandbox.destroyed', row.task, { why })
  })
}

/** Destroys what has expired. */
async function expirePreserved(workshop: Workshop): Promise<void> {
  if ((await workshop.preserved.ids()).length === 0) return
  for (const organisation of await workshop.store.organisations())
    for (const row of await workshop.store.inOrganisation(organisation, allPreserved))
      if (millisecondsOf(row.expiresAt) <= workshop.clock())
        await destroyPreserved(workshop, organisation, row, 'expired')
}

/** How late what has expired may go. */
const EXPIRY_MILLISECONDS = 5_000

/** Looks for what has expired while a server runs; call the returned function to stop. */
export function watchExpiry(workshop: Workshop): () => void {
  let looking = false
  const timer = setInterval(async () => {
    if (looking) return
    looking = true
    await expirePreserved(workshop).catch((cause: unknown) =>
      workshop.onProblem('kept workspaces could not be looked through', cause),
    )
    looking = false
  }, EXPIRY_MILLISECONDS)
  return () => clearInterval(timer)
}

/** What a server does first: what expired meanwhile goes, as does what nobody knows of; what is not there is not kept. */
export async function resumePreserved(workshop: Workshop): Promise<readonly string[]> {
  await expirePreserved(workshop)
  const there = await workshop.preserved.ids()
  const kept: string[] = []
  for (const organisation of await workshop.store.organisations())
    for (const row of await workshop.store.inOrganisation(organisation, allPreserved))
      if (there.includes(row.id)) kept.push(row.id)
      else await destroyPreserved(workshop, organisation, row, 'lost')
  return workshop.preserved.sweep(kept)
}

async function logSystem(
  tx: Tx,
  { clock }: Workshop,
  organisation: string,
  action: string,
  subject: string,
  data: { readonly [key: string]: Json },
): Promise<void> {
  const at = instantOf(clock())
  await appendEntries(tx, [
    encodeEntry({ version: 1, organisation, at, actor: SYSTEM, action, subject, data }),
  ])
}
