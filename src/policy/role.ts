import type { Permission } from './action.ts'

/**
 * What somebody is at a place, weakest first; each role holds everything the ones before it hold. A member belongs to the
 * organisation and sees nothing of it but what they are given at narrower places.
 */
export const ROLES = ['member', 'viewer', 'developer', 'maintainer', 'admin', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** The weakest role that holds each permission. A permission without a line here does not compile. */
export const LEAST_ROLE = {
  'guards:judge': 'member',
  'server:read': 'member',
  'keys:own': 'member',
  'confirmations:read': 'member',
  'confirmations:give': 'member',
  'tasks:read': 'viewer',
  'projects:read': 'viewer',
  'evidence:read': 'viewer',
  'policies:read': 'viewer',
  'teams:read': 'viewer',
  'environments:read': 'viewer',
  'tasks:create': 'developer',
  'tasks:cancel': 'developer',
  'reviews:select': 'developer',
  'reviews:reject': 'developer',
  'providers:read': 'developer',
  'sandboxes:inspect': 'developer',
  'sandboxes:destroy': 'developer',
  'budgets:read': 'developer',
  'shares:read': 'developer',
  'reviews:approve': 'maintainer',
  'shares:set': 'maintainer',
  'reviews:justify': 'maintainer',
  'evidence:attach': 'maintainer',
  'projects:create': 'maintainer',
  'egress:widen': 'maintainer',
  'secrets:read': 'maintainer',
  'egress:allow': 'maintainer',
  'people:read': 'maintainer',
  'roles:read': 'maintainer',
  'audit:read': 'maintainer',
  'policies:test': 'maintainer',
  'budgets:raise': 'maintainer',
  'budgets:set': 'admin',
  'providers:create': 'admin',
  'providers:remove': 'admin',
  'identity-providers:read': 'admin',
  'people:create': 'admin',
  'teams:set': 'admin',
  'data:export': 'admin',
  'teams:members': 'admin',
  'projects:set': 'admin',
  'projects:remove': 'admin',
  'environments:set': 'admin',
  'people:remove': 'admin',
  'identity-providers:set': 'owner',
  'secrets:set': 'admin',
  'roles:set': 'owner',
  'data:erase': 'owner',
  'retention:set': 'owner',
  'projects:move': 'owner',
  'autonomy:set': 'owner',
  'organisations:set': 'owner',
  'organisations:create': 'owner',
  'policies:set': 'owner',
  'secrets:remove': 'admin',
  'secrets:rotate': 'owner',
} as const satisfies Record<Permission, Role>

export function holds(role: Role, permission: Permission): boolean {
  return isAtLeast(role, LEAST_ROLE[permission])
}

export function isAtLeast(role: Role, least: Role): boolean {
  const rank = ROLES.indexOf(role)
  return rank !== -1 && rank >= ROLES.indexOf(least)
}

/** The strongest of several; `member`, who holds the least, where there are none. */
export function strongestOf(roles: readonly Role[]): Role {
  return ROLES[Math.max(0, ...roles.map((role) => ROLES.indexOf(role)))] ?? 'member'
}

/** Everyone who could approve a change: the self-approval rule counts them. */
export function canApprove(role: Role): boolean {
  return holds(role, 'reviews:approve')
}
