import { ok, type Result, refused } from '#kernel/result.ts'
import { ACTIONS, type ActionName, type Permission } from './action.ts'
import { readRules } from './cedar/read-rules.ts'
import type { Rule } from './cedar/rule.ts'
import { coveredActions } from './cedar/scope.ts'
import { STANDING_RULES } from './cedar/standing-rules.ts'
import { ROLES } from './role.ts'

/** What an organisation's own rules have no say in: they could shut out everybody who could change them. */
const ABOUT_POLICIES: readonly Permission[] = ['policies:read', 'policies:test', 'policies:set']

export function isAboutPolicies(action: ActionName): boolean {
  return ABOUT_POLICIES.includes(ACTIONS[action].permission)
}

/**
 * Reads rules that an organisation wrote. They only take away: rights come from roles, so that no policy gives anybody
 * what nobody gave them.
 */
export function readOrganisationRules(text: string, origin: string): Result<readonly Rule[]> {
  const read = readRules(text, origin)
  if (!read.ok) return read
  for (const rule of read.value) {
    if (rule.effect === 'permit')
      return wrong(
        `${origin}: ${rule.name} is a permit, and policies only take away.`,
        'Give somebody a role instead, or write what is forbidden.',
      )
    if (RESERVED.has(rule.name) || rule.name.startsWith('role.'))
      return wrong(`${origin}: ${rule.name} is the name of a standing rule.`, 'Give it another @id.')
    if (rule.approvals !== undefined && coveredActions(rule).some((action) => action !== 'review.approve'))
      return wrong(
        `${origin}: ${rule.name} asks for approvals of something else than a change.`,
        'Write action == Airlock::Action::"review.approve" in its head.',
      )
    if (coveredActions(rule).every(isAboutPolicies))
      return wrong(
        `${origin}: ${rule.name} is about policies alone, over which policies have no say.`,
        'Name another action; who may change policies is told by roles.',
      )
  }
  return read
}

/** All files of an organisation together. */
export function together(files: readonly { readonly rules: readonly Rule[] }[]): Result<readonly Rule[]> {
  const rules = files.flatMap((file) => file.rules)
  const twice = rules.find(({ name }, index) => rules.findIndex((other) => other.name === name) !== index)
  return twice === undefined
    ? ok(rules)
    : wrong(`Two policies are called ${twice.name}.`, 'Give each an @id of its own.')
}

const RESERVED = new Set([
  ...STANDING_RULES.map(({ name }) => name),
  ...ROLES.map((role) => `role.${role}`),
  'role',
  'key.permissions',
  'default.deny',
  'policy.broken',
])

function wrong(message: string, remedy: string): Result<never> {
  return refused({ code: 'invalid_configuration', rule: 'policy.text', message, remedy })
}
