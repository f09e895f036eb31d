import { InvalidArgumentError } from 'commander'
import type { PlaceOfRole } from '#contract/places.ts'

export const ROLE_PLACES = 'organisation, team:T, project:P, environment:P/E or server'

/** A place as people write it: `project:shop`, `environment:shop/production`. */
export function rolePlace(text: string): PlaceOfRole {
  if (text === 'organisation' || text === 'server') return { kind: text }
  const [, kind, name = ''] = /^(team|project|environment):(.+)$/s.exec(text) ?? []
  if (kind === 'team') return { kind, team: name }
  if (kind === 'project') return { kind, project: name }
  const [project = '', environment = '', ...more] = name.split('/')
  if (kind === 'environment' && project !== '' && environment !== '' && more.length === 0)
    return { kind, project, environment }
  throw new InvalidArgumentError(`Give ${ROLE_PLACES}.`)
}

/** The same of a place that was asked for or answered. */
export function placeText(kind: string, name: string): string {
  return kind === 'organisation' || kind === 'server' ? `the ${kind}` : `${kind}:${name}`
}

export function textOfPlace(at: PlaceOfRole): string {
  switch (at.kind) {
    case 'team':
      return placeText(at.kind, at.team)
    case 'project':
      return placeText(at.kind, at.project)
    case 'environment':
      return placeText(at.kind, `${at.project}/${at.environment}`)
    default:
      return placeText(at.kind, '')
  }
}
