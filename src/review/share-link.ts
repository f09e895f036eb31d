import { encodeEntry } from '#audit/entry.ts'
import type { Page } from '#contract/api.ts'
import type { NewShareLink, SharedTask, ShareLink, ShareRequest } from '#contract/share.ts'
import { newSecretLink, parseSecretLink } from '#identity/secret-link.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { rolesAt } from '#policy/binding.ts'
import type { Place } from '#policy/cedar/engine.ts'
import { LEAST_ROLE } from '#policy/role.ts'
import { appendEntries } from '#store/audit-log.ts'
import { patchBytes } from '#store/patches.ts'
import { personById } from '#store/people.ts'
import { projectById } from '#store/projects.ts'
import { bindingsOf } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import {
  insertShareLink,
  noteShareOpened,
  openShareLink,
  revokeShareLink,
  type ShareLinkRow,
  shareLinksOf,
} from '#store/share-links.ts'
import { taskView } from '#store/task-view.ts'
import { taskById } from '#store/tasks.ts'
import { logAction } from '#tasks/log-action.ts'
import { placeOfProject } from '#tasks/place-of.ts'
import { findTask } from '#tasks/reference.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { sharedTask } from './shared-task.ts'

type Room = Pick<Workshop, 'store' | 'clock' | 'random'>

const HOUR_MILLISECONDS = 60 * 60 * 1000

/** Makes a link that shows one task to whoever holds it, for a while. `address` is where the server is reached. */
export async function shareTask(
  workshop: Room,
  actor: Actor,
  reference: string,
  { hours }: ShareRequest,
  address: (text: string) => string,
): Promise<Result<NewShareLink>> {
  const { store, clock, random } = workshop
  const task = await findTask(store, actor.organisation, reference)
  if (!task.ok) return task
  const now = clock()
  const link = newSecretLink(actor.organisation, random)
  const row = await store.inOrganisation(actor.organisation, async (tx) => {
    const made = await insertShareLink(tx, {
      id: newId('shr', random),
      hash: link.hash,
      task: task.value.id,
      createdBy: actor.person,
      createdAt: instantOf(now),
      expiresAt: instantOf(now + hours * HOUR_MILLISECONDS),
    })
    await logAction(tx, clock, actor, 'share.created', task.value.id, { share: made.id, hours })
    return made
  })
  return ok({ share: view(row), url: address(link.text) })
}

export async function listShares(
  { store, clock }: Room,
  actor: Actor,
  reference: string,
): Promise<Result<Page<ShareLink>>> {
  const task = await findTask(store, actor.organisation, reference)
  if (!task.ok) return task
  const at = instantOf(clock())
  return store.inOrganisation(actor.organisation, async (tx) =>
    ok({ items: (await shareLinksOf(tx, task.value.id, at)).map(view) }),
  )
}

export async function revokeShare(
  { store, clock }: Room,
  actor: Actor,
  reference: string,
  id: string,
): Promise<Result<void>> {
  const task = await findTask(store, actor.organisation, reference)
  if (!task.ok) return task
  return store.inOrganisation(actor.organisation, async (tx) => {
    if (!(await revokeShareLink(tx, { id, task: task.value.id }, instantOf(clock()))))
      return refused({
        code: 'not_found',
        message: `Task ${task.value.number} has no open link ${id}.`,
        remedy: `See \`airlock share list ${task.value.number}\`.`,
      })
    await logAction(tx, clock, actor, 'share.revoked', task.value.id, { share: id })
    return ok(undefined)
  })
}

/**
 * What a link shows, to anybody who holds it; each time is logged. One that never was, is over, was revoked, or whose maker
 * is gone or has not the role for it any more is undefined, and nobody is told which.
 */
export async function openShare(workshop: Room, text: string): Promise<SharedTask | undefined> {
  const link = parseSecretLink(text)
  if (link === undefined) return undefined
  const at = instantOf(workshop.clock())
  return workshop.store.inOrganisation(link.organisation, async (tx) => {
    const row = await openShareLink(tx, link.hash, at)
    const shown = row && (await shownBy(tx, row))
    if (row === undefined || shown === undefined) return undefined
    await noteShareOpened(tx, row.id, at)
    await appendEntries(tx, [
      encodeEntry({
        version: 1,
        organisation: link.organisation,
        at,
        actor: { kind: 'system', id: 'share-link' },
        action: 'share.opened',
        subject: row.task,
        data: { share: row.id },
      }),
    ])
    return shown
  })
}

async function shownBy(tx: Tx, row: ShareLinkRow): Promise<SharedTask | undefined> {
  const task = await taskById(tx, row.task)
  const project = task && (await projectById(tx, task.project))
  if (task === undefined || project === undefined) return undefined
  if (!(await makerStillMay(tx, row, placeOfProject(project).place))) return undefined
  const diff = task.patch === null ? undefined : await patchBytes(tx, task.patch)
  return sharedTask(await taskView(tx, task), { project: project.name, diff, expiresAt: row.expiresAt })
}

/** A link outlives neither its maker nor the role by which they made it. */
async function makerStillMay(tx: Tx, { createdBy }: ShareLinkRow, place: Place): Promise<boolean> {
  const maker = await personById(tx, createdBy.id)
  if (maker === undefined) return false
  const whole = { role: maker.role, at: { kind: 'Organisation', id: place.organisation } } as const
  return rolesAt([whole, ...(await bindingsOf(tx, maker.id))], place).includes(LEAST_ROLE['shares:set'])
}

function view({ id, createdBy, createdAt, expiresAt, opened, lastOpenedAt }: ShareLinkRow): ShareLink {
  const last = lastOpenedAt === null ? {} : { lastOpenedAt }
  return { id, createdBy: createdBy.id, createdAt, expiresAt, opened, ...last }
}
