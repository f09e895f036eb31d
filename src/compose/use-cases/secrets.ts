import type { SecretPlace, SecretVersion, SecretView } from '#contract/secret.ts'
import type { Application } from '#http/application.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import type { ProjectRow } from '#store/projects.ts'
import {
  destroyVersions,
  type KeptSecret,
  removeSecret,
  type SecretAddress,
  type SecretVersionRow,
  secretAt,
  secretsOfProject,
} from '#store/secrets.ts'
import { findProject } from '#tasks/egress-view.ts'
import { logAction } from '#tasks/log-action.ts'
import { permitAt } from '#tasks/may-begin.ts'
import { placeOf } from '#tasks/place-of.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Secrets of projects. Their content goes in and never comes out. */
export function secretUseCases(
  workshop: Workshop,
): Pick<Application, 'listSecrets' | 'setSecret' | 'removeSecret' | 'pruneSecret' | 'rotateSecretKeys'> {
  const { store, clock, vault } = workshop
  return {
    async listSecrets(actor, reference) {
      const project = await findProject(store, actor.organisation, reference)
      if (!project.ok) return project
      const secrets = await store.inOrganisation(actor.organisation, (tx) =>
        secretsOfProject(tx, project.value.id),
      )
      return ok({ items: secrets.map(secretView) })
    },

    async setSecret(actor, reference, { name, content, ...place }, ifVersion) {
      const found = await addressOf(workshop, actor, 'secret.set', reference, { ...place, name })
      if (!found.ok) return found
      const { address } = found.value
      const secret = {
        ...address,
        content,
        by: actor.person,
        ...(ifVersion === undefined ? {} : { ifVersion }),
      }
      const kept = await vault.keep(actor.organisation, secret, (tx, { versions: [newest] }) =>
        logAction(tx, clock, actor, 'secret.set', address.project, {
          ...placeForLog(address),
          version: newest?.version ?? 0,
          bytes: newest?.bytes ?? 0,
        }),
      )
      return kept.ok ? ok(secretView(kept.value)) : kept
    },

    async removeSecret(actor, reference, place) {
      const found = await addressOf(workshop, actor, 'secret.remove', reference, place)
      if (!found.ok) return found
      const { address, project } = found.value
      return store.inOrganisation(actor.organisation, async (tx) => {
        if (!(await removeSecret(tx, address))) return absent(project, place.name)
        await logAction(tx, clock, actor, 'secret.removed', project.id, placeForLog(address))
        return ok(undefined)
      })
    },

    async pruneSecret(actor, reference, place, keep) {
      const found = await addressOf(workshop, actor, 'secret.prune', reference, place)
      if (!found.ok) return found
      const { address, project } = found.value
      return store.inOrganisation(actor.organisation, async (tx) => {
        const secret = await secretAt(tx, address)
        if (secret === undefined) return absent(project, place.name)
        const destroyed = await destroyVersions(tx, secret.id, keep)
        if (destroyed > 0)
          await logAction(tx, clock, actor, 'secret.pruned', project.id, {
            ...placeForLog(address),
            destroyed,
          })
        return ok(secretView({ ...secret, versions: secret.versions.slice(0, keep) }))
      })
    },

    async rotateSecretKeys(actor) {
      const rotated = await vault.rotateKeys()
      if (!rotated.ok) return rotated
      await store.inOrganisation(actor.organisation, (tx) =>
        logAction(tx, clock, actor, 'secret.keys-rotated', actor.organisation, { ...rotated.value }),
      )
      return rotated
    },
  }
}

interface Found {
  readonly project: ProjectRow
  readonly address: SecretAddress
}

/** The secret that a request names; asks the rules at its environment, or at its project where it is of none. */
async function addressOf(
  workshop: Workshop,
  actor: Actor,
  action: ActionName,
  reference: string,
  { name, context, environment }: SecretPlace & { readonly name: string },
): Promise<Result<Found>> {
  const { store } = workshop
  const { organisation } = actor
  const at = await placeOf(
    store,
    organisation,
    environment === undefined
      ? { kind: 'project', reference }
      : { kind: 'environment', project: reference, reference: environment },
  )
  if (!at.ok) return at
  const allowed = await permitAt(workshop, actor, action, at.value)
  if (!allowed.ok) return allowed
  // Names may mean something else by now: what was decided about is what is meant.
  const { kind, id, within } = at.value.place
  const place = within.find((wider) => wider.kind === 'Project')
  const project = await findProject(store, organisation, place?.id ?? id)
  if (!project.ok) return project
  const own = kind === 'Environment' ? id : null
  return ok({
    project: project.value,
    address: { project: project.value.id, environment: own, context, name },
  })
}

function secretView(secret: KeptSecret): SecretView {
  const { name, environmentName, context, usedAt, usedVersion, usedFor, usedBy } = secret
  const versions = secret.versions.map(versionView)
  const [newest] = versions
  if (newest === undefined) throw new Error('a secret has a version')
  const { key: _, ...shown } = newest
  return {
    name,
    ...(environmentName === null ? {} : { environment: environmentName }),
    context,
    ...shown,
    ...(usedAt === null || usedVersion === null || usedFor === null || usedBy === null
      ? {}
      : { lastUsed: { at: usedAt, version: usedVersion, task: usedFor, by: usedBy } }),
    versions,
  }
}

function versionView({ version, bytes, createdAt, createdBy, wrappedBy }: SecretVersionRow): SecretVersion {
  return { version, bytes, createdAt, ...(createdBy === null ? {} : { createdBy }), key: wrappedBy }
}

function placeForLog({ name, context, environment }: SecretAddress) {
  return { name, context, ...(environment === null ? {} : { environment }) }
}

function absent(project: ProjectRow, name: string): Result<never> {
  return refused({
    code: 'not_found',
    message: `The project has no secret ${name} there.`,
    remedy: `See \`airlock secret list ${project.name}\`.`,
  })
}
