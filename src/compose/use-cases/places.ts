import type { PlaceUseCases } from '#http/place-use-cases.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { environmentUseCases } from './environments.ts'
import { organisationUseCases } from './organisations.ts'
import { projectSettingsUseCases } from './project-settings.ts'
import { roleUseCases } from './roles.ts'
import { teamMemberUseCases } from './team-members.ts'
import { teamUseCases } from './teams.ts'

/** Organisations, teams, projects and environments, and who is what there. */
export function placeUseCases(workshop: Workshop): PlaceUseCases {
  return {
    ...organisationUseCases(workshop),
    ...teamUseCases(workshop),
    ...teamMemberUseCases(workshop),
    ...environmentUseCases(workshop),
    ...projectSettingsUseCases(workshop),
    ...roleUseCases(workshop),
  }
}
