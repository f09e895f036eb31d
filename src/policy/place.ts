import type { Place } from './cedar/engine.ts'

const SERVER = { kind: 'Server', id: 'server' } as const

export function serverPlace(): Place {
  return { ...SERVER, organisation: '', within: [] }
}

export function organisationPlace(organisation: string): Place {
  return { kind: 'Organisation', id: organisation, organisation, within: [SERVER] }
}

export function projectPlace(organisation: string, project: string): Place {
  const within = [{ kind: 'Organisation', id: organisation } as const, SERVER]
  return { kind: 'Project', id: project, organisation, within }
}
