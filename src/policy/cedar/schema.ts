import { ACTIONS, PERMISSIONS } from '../action.ts'
import { FACTS } from './facts.ts'

/** Places, the widest first; each lies in the ones before it. */
export const PLACES = ['Server', 'Organisation', 'Team', 'Project', 'Environment'] as const
export type PlaceKind = (typeof PLACES)[number]

export const PRINCIPALS = ['User', 'ServiceAccount', 'System'] as const
export type PrincipalKind = (typeof PRINCIPALS)[number]

/**
 * The Cedar schema, made from the catalogue of actions and the table of facts: a policy that names anything else, or
 * reads a fact that may be absent without asking for it, does not load. Every action is a member of its permission.
 */
export function cedarSchema(): string {
  return `namespace Airlock {
${[...principals(), ...places(), facts(), ...permissions(), ...actions()].map((line) => `  ${line}`).join('\n')}
}
`
}

function principals(): string[] {
  return PRINCIPALS.map((kind) => `entity ${kind} { organisation: String };`)
}

function places(): string[] {
  return PLACES.map((kind, index) => {
    const wider = PLACES.slice(0, index)
    return `entity ${kind}${wider.length > 0 ? ` in [${wider.join(', ')}]` : ''} { organisation: String };`
  })
}

function facts(): string {
  const members = Object.entries(FACTS).map(
    ([name, { type, always }]) => `${name}${always ? '' : '?'}: ${type}`,
  )
  return `type Facts = { ${members.join(', ')} };`
}

function permissions(): string[] {
  return PERMISSIONS.map((permission) => `action ${JSON.stringify(permission)};`)
}

function actions(): string[] {
  return Object.entries(ACTIONS).map(
    ([name, { permission }]) =>
      `action ${JSON.stringify(name)} in [${JSON.stringify(permission)}] appliesTo { principal: [${PRINCIPALS.join(', ')}], resource: [${PLACES.join(', ')}], context: Facts };`,
  )
}
