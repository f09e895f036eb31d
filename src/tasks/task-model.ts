import type { ModelChoice } from '#gateway/choose-model.ts'
import type { Result } from '#kernel/result.ts'
import type { Grant } from '#policy/grant.ts'
import { connectedProject } from './connected-project.ts'
import type { StepContext } from './step.ts'

/** The model of a task and who stands by for it, as the installation and the project have it now. */
export async function modelOf({ workshop, task }: StepContext): Promise<Result<ModelChoice>> {
  const project = await workshop.store.inOrganisation(task.organisation, (tx) => connectedProject(tx, task))
  if (!project.ok) return project
  return workshop.providers.choose(task.model, { policy: project.value.models ?? undefined })
}

/** As a grant names those who stand by; nothing where nobody does. */
export function standbyInGrant({ standby }: ModelChoice): Pick<Grant, 'standby'> {
  return standby.length === 0 ? {} : { standby: standby.map(nameOf) }
}

/** Whoever came into the order since the grant was written gets nothing of this attempt. */
export function withinGrant(choice: ModelChoice, grant: Grant): ModelChoice {
  return { ...choice, standby: choice.standby.filter((each) => grant.standby?.includes(nameOf(each))) }
}

function nameOf({ provider, model }: ModelChoice['standby'][number]): string {
  return `${provider.name}/${model}`
}
