import type { ActionName } from './action.ts'
import type { Place } from './cedar/engine.ts'

/** What every organisation on the server shares, and so is decided there. */
export const AT_SERVER: readonly ActionName[] = [
  'organisation.create',
  'provider.create',
  'provider.order',
  'provider.remove',
  'secret.rotate-keys',
]

const SERVER = { kind: 'Server', id: 'server' } as const

export function serverPlace(): Place {
  return { ...SERVER, organisation: '', within: [] }
}

export function organisationPlace(organisation: string): Place {
  return { kind: 'Organisation', id: organisation, organisation, within: [SERVER] }
}

export function teamPlace(organisation: string, team: string): Place {
  return { kind: 'Team', id: team, organisation, within: around(organisation) }
}

/** Of a project that a team looks after, or nobody but the organisation. */
export function projectPlace(organisation: string, project: string, team?: string | null): Place {
  const within = [...(team ? [{ kind: 'Team', id: team } as const] : []), ...around(organisation)]
  return { kind: 'Project', id: project, organisation, within }
}

export function environmentPlace(project: Place, environment: string): Place {
  const within = [{ kind: project.kind, id: project.id }, ...project.within]
  return { kind: 'Environment', id: environment, organisation: project.organisation, within }
}

function around(organisation: string) {
  return [{ kind: 'Organisation', id: organisation } as const, SERVER]
}
