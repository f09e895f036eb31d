import type { ApiKey, ApiKeyRequest } from '#contract/sign-in.ts'
import type { Application } from '#http/application.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { PERMISSIONS, type Permission } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import { NO_KEY_MAY } from '#policy/key.ts'
import { organisationPlace } from '#policy/place.ts'
import { holds, type Role, strongestOf } from '#policy/role.ts'
import {
  type AccessTokenRow,
  accessTokenById,
  insertAccessToken,
  listAccessTokens,
  revokeAccessToken,
} from '#store/access-tokens.ts'
import { personById } from '#store/people.ts'
import { strongestHeld } from '#store/role-bindings.ts'
import { serviceAccountByReference } from '#store/service-accounts.ts'
import { logAction } from '#tasks/log-action.ts'
import { permit } from '#tasks/permit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { noServiceAccount } from './service-accounts.ts'

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

/** Keys of programs: for some permissions, for some time, shown once. */
export function keyUseCases(workshop: Workshop): Pick<Application, 'listKeys' | 'createKey' | 'revokeKey'> {
  const { store, clock, random } = workshop
  return {
    listKeys: async (actor, everybody) => {
      if (everybody) {
        const allowed = await managesPeople(workshop, actor, 'viewer')
        if (!allowed.ok) return allowed
      }
      return store.inOrganisation(actor.organisation, async (tx) =>
        ok({ items: (await listAccessTokens(tx, everybody ? undefined : actor.person.id)).map(view) }),
      )
    },

    createKey: async (actor, request) => {
      const holder = await holderOf(workshop, actor, request)
      if (!holder.ok) return holder
      const permissions = permissionsFor(actor, holder.value.role, request.permissions)
      if (!permissions.ok) return permissions
      const place = organisationPlace(actor.organisation)
      const allowed = await permit(workshop, { actor, action: 'key.create', place, facts: {} })
      if (!allowed.ok) return allowed
      const now = clock()
      const token = newToken(random)
      const { id, role: _role, ...which } = holder.value
      const made = {
        hash: tokenHash(token),
        ...which,
        kind: 'key' as const,
        name: request.name,
        permissions: permissions.value,
        createdAt: instantOf(now),
        expiresAt: instantOf(now + request.days * DAY_MILLISECONDS),
      }
      return store.inOrganisation(actor.organisation, async (tx) => {
        const row = await insertAccessToken(tx, made)
        const data = { holder: id, permissions: permissions.value.length, expiresAt: made.expiresAt }
        await logAction(tx, clock, actor, 'key.created', row.id, data)
        return ok({ key: view(row), token })
      })
    },

    revokeKey: async (actor, id) => {
      const { organisation } = actor
      const found = await store.inOrganisation(organisation, async (tx) => {
        const row = await accessTokenById(tx, id)
        if (row === undefined || row.revokedAt !== null) return undefined
        const other =
          row.person === null
            ? await serviceAccountByReference(tx, row.serviceAccount ?? '')
            : await personById(tx, row.person)
        return { row, role: other === undefined ? ('owner' as const) : await strongestHeld(tx, other) }
      })
      if (found === undefined) return noKey(id)
      if (found.row.person !== actor.person.id) {
        const allowed = await managesPeople(workshop, actor, found.role)
        if (!allowed.ok) return allowed
      }
      return store.inOrganisation(organisation, async (tx) => {
        if (!(await revokeAccessToken(tx, found.row.hash, instantOf(clock())))) return noKey(id)
        await logAction(tx, clock, actor, 'key.revoked', id)
        return ok(undefined)
      })
    },
  }
}

interface Holder {
  readonly id: string
  /** The strongest that it holds anywhere: what a key may be made for; where, the rules ask with each use. */
  readonly role: Role
  readonly person?: string
  readonly serviceAccount?: string
}

/** Whose key it is to be: the asker's own, or a service account's that they could make. */
async function holderOf(workshop: Workshop, actor: Actor, request: ApiKeyRequest): Promise<Result<Holder>> {
  const { id } = actor.person
  const own = strongestOf(actor.bindings.map(({ role }) => role))
  if (request.serviceAccount === undefined) return ok({ id, role: own, person: id })
  const reference = request.serviceAccount
  const found = await workshop.store.inOrganisation(actor.organisation, async (tx) => {
    const account = await serviceAccountByReference(tx, reference)
    return account && { account, strongest: await strongestHeld(tx, account) }
  })
  if (found === undefined) return noServiceAccount(reference)
  const { account, strongest } = found
  const allowed = await permit(workshop, {
    actor,
    action: 'service-account.create',
    place: organisationPlace(actor.organisation),
    facts: { givenRole: strongest },
  })
  return allowed.ok ? ok({ id: account.id, role: strongest, serviceAccount: account.id }) : allowed
}

function permissionsFor(
  actor: Actor,
  role: Role,
  wanted: readonly string[] | undefined,
): Result<readonly Permission[]> {
  const possible = PERMISSIONS.filter(
    (permission) =>
      holds(role, permission) &&
      !NO_KEY_MAY.includes(permission) &&
      (actor.narrowedTo === undefined || actor.narrowedTo.includes(permission)),
  )
  if (wanted === undefined) return ok(possible)
  const beyond = wanted.filter((permission) => !possible.some((each) => each === permission))
  if (beyond.length === 0) return ok(possible.filter((permission) => wanted.includes(permission)))
  return refused({
    code: 'permission_denied',
    rule: 'key.permissions',
    message: `A key of this holder cannot have ${beyond.slice(0, 5).join(', ')}.`,
    remedy: `Leave it out. These are possible: ${possible.join(', ')}.`,
  })
}

function managesPeople(workshop: Workshop, actor: Actor, givenRole: Role) {
  const place = organisationPlace(actor.organisation)
  return permit(workshop, { actor, action: 'person.remove', place, facts: { givenRole } })
}

function noKey(id: string): Result<never> {
  return refused({ code: 'not_found', message: `There is no key ${id}.`, remedy: 'See `airlock keys list`.' })
}

function view(row: AccessTokenRow): ApiKey {
  const { id, kind, name, person, serviceAccount, permissions, createdAt, expiresAt, lastUsedAt } = row
  return {
    id,
    kind,
    name,
    holder: person ?? serviceAccount ?? '',
    ...(permissions === null ? {} : { permissions: [...permissions] }),
    createdAt,
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(lastUsedAt === null ? {} : { lastUsedAt }),
  }
}
