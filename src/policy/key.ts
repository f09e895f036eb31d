import type { Permission } from './action.ts'

/**
 * What no key may do, whoever holds it: a stolen one must not make itself another that lives longer, nor let in somebody
 * who stays when it is revoked.
 */
export const NO_KEY_MAY: readonly Permission[] = [
  'keys:own',
  'people:create',
  'teams:members',
  'roles:set',
  'identity-providers:set',
  'organisations:create',
]
