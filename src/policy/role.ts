import type { Permission } from './action.ts'

/** What a person is in an organisation, weakest first; each role holds everything the ones before it hold. */
export const ROLES = ['viewer', 'developer', 'maintainer', 'admin', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** The weakest role that holds each permission. A permission without a line here does not compile. */
export const LEAST_ROLE = {
  'tasks:read': 'viewer',
  'projects:read': 'viewer',
  'evidence:read': 'viewer',
  'guards:judge': 'viewer',
  'server:read': 'viewer',
  'keys:own': 'viewer',
  'policies:read': 'viewer',
  'tasks:create': 'developer',
  'tasks:cancel': 'developer',
  'reviews:select': 'developer',
  'reviews:reject': 'developer',
  'providers:read': 'developer',
  'sandboxes:inspect': 'developer',
  'sandboxes:destroy': 'developer',
  'budgets:read': 'developer',
  'reviews:approve': 'maintainer',
  'reviews:justify': 'maintainer',
  'evidence:attach': 'maintainer',
  'projects:create': 'maintainer',
  'egress:widen': 'maintainer',
  'secrets:read': 'maintainer',
  'egress:allow': 'maintainer',
  'people:read': 'maintainer',
  'audit:read': 'maintainer',
  'policies:test': 'maintainer',
  'budgets:raise': 'maintainer',
  'budgets:set': 'admin',
  'providers:create': 'admin',
  'providers:remove': 'admin',
  'identity-providers:read': 'admin',
  'people:create': 'admin',
  'people:remove': 'admin',
  'identity-providers:set': 'owner',
  'secrets:set': 'owner',
  'policies:set': 'owner',
  'secrets:remove': 'owner',
} as const satisfies Record<Permission, Role>

export function holds(role: Role, permission: Permission): boolean {
  return isAtLeast(role, LEAST_ROLE[permission])
}

export function isAtLeast(role: Role, least: Role): boolean {
  const rank = ROLES.indexOf(role)
  return rank !== -1 && rank >= ROLES.indexOf(least)
}

/** Everyone who could approve a change: the self-approval rule counts them. */
export function canApprove(role: Role): boolean {
  return holds(role, 'reviews:approve')
}
