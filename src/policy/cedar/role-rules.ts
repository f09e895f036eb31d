import { PERMISSIONS } from '../action.ts'
import { holds, ROLES } from '../role.ts'
import type { Rule } from './rule.ts'

/** The matrix of roles and permissions as Cedar: one policy for each role, with what it holds that weaker ones do not. */
export function roleRules(): readonly Rule[] {
  return ROLES.map((role, rank) => {
    const weaker = ROLES[rank - 1]
    const own = PERMISSIONS.filter(
      (permission) => holds(role, permission) && (weaker === undefined || !holds(weaker, permission)),
    )
    const name = `role.${role}`
    const actions = own.map((permission) => `Airlock::Action::${JSON.stringify(permission)}`).join(', ')
    return {
      name,
      effect: 'permit',
      reason: `The role ${role} holds this permission.`,
      text: `@id("${name}")
permit(principal, action in [${actions}], resource)
when { context.roles.contains("${role}") };`,
    }
  })
}
