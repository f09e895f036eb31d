import type { SecretView } from '#contract/secret.ts'
import type { Application } from '#http/application.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, refused } from '#kernel/result.ts'
import type { SecretFile } from '#store/secret-files.ts'
import { findProject } from '#tasks/egress-view.ts'
import { logAction } from '#tasks/log-action.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Files that setup may see. Their content goes in and never comes out. */
export function secretUseCases(
  workshop: Workshop,
): Pick<Application, 'listSecrets' | 'setSecret' | 'removeSecret'> {
  const { store, clock, secretFiles } = workshop
  return {
    async listSecrets(actor, reference) {
      const project = await findProject(store, actor.organisation, reference)
      if (!project.ok) return project
      return ok({ items: (await secretFiles.list(project.value.id)).map(secretView) })
    },

    async setSecret(actor, reference, { name, content }) {
      const project = await findProject(store, actor.organisation, reference)
      if (!project.ok) return project
      const secret = { project: project.value.id, name, content, createdAt: instantOf(clock()) }
      await secretFiles.keep(secret)
      const view = secretView(secret)
      await store.inOrganisation(actor.organisation, (tx) =>
        logAction(tx, clock, actor, 'secret.set', secret.project, { name, bytes: view.bytes }),
      )
      return ok(view)
    },

    async removeSecret(actor, reference, name) {
      const project = await findProject(store, actor.organisation, reference)
      if (!project.ok) return project
      const { id } = project.value
      if (!(await secretFiles.remove(id, name)))
        return refused({
          code: 'not_found',
          message: `The project has no secret ${name}.`,
          remedy: `See \`airlock secret list ${project.value.name}\`.`,
        })
      await store.inOrganisation(actor.organisation, (tx) =>
        logAction(tx, clock, actor, 'secret.removed', id, { name }),
      )
      return ok(undefined)
    },
  }
}

function secretView({ name, content, createdAt }: SecretFile): SecretView {
  return { name, bytes: Buffer.byteLength(content), createdAt }
}
