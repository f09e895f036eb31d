import type { Rule } from './rule.ts'

/**
 * Rules that stand whatever an organisation writes: no policy can lift a `forbid`, and nobody can edit these. `decide`
 * asks them together with the roles and the organisation's own.
 */
export const STANDING_RULES: readonly Rule[] = [
  forbid({
    name: 'organisation.boundary',
    reason: 'This belongs to another organisation.',
    remedy: 'Sign in as a member of that organisation.',
    text: `forbid(principal, action, resource)
unless { resource is Airlock::Server || principal.organisation == resource.organisation };`,
  }),
  forbid({
    name: 'review.not-own-change',
    reason: 'Whoever asked for a change does not approve it when somebody else could.',
    remedy: 'Ask another maintainer or owner to review it.',
    text: `forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context has requestedByActor && context.requestedByActor && context has otherApprovers && context.otherApprovers > 0 };`,
  }),
  forbid({
    name: 'review.known-requester',
    reason: 'It is not known who asked for this change, or who could approve it.',
    remedy: 'Retry the task, so that it is asked for by somebody who is known.',
    text: `forbid(principal, action == Airlock::Action::"review.approve", resource)
unless { context has requestedByActor && context has otherApprovers };`,
  }),
  forbid({
    name: 'people.held-roles-only',
    reason: 'Nobody gives a role that they do not hold, or removes somebody who holds it.',
    remedy: 'Ask somebody who holds that role.',
    text: `forbid(principal, action in [${quoted(['people:create', 'people:remove'])}], resource)
unless { context has givenRole && context.roles.contains(context.givenRole) };`,
  }),
  forbid({
    name: 'people.owner-decides-admins',
    reason: 'Only an owner makes or removes admins and owners.',
    remedy: 'Ask an owner.',
    text: `forbid(principal, action in [${quoted(['people:create', 'people:remove'])}], resource)
when { context has givenRole && ["admin", "owner"].contains(context.givenRole) && !context.roles.contains("owner") };`,
  }),
  forbid({
    name: 'project.server-files',
    reason: "A local path or a key file is read with the rights of the server's user.",
    remedy: 'Ask an owner to connect it, or connect it by an http(s) address.',
    text: `forbid(principal, action == Airlock::Action::"project.create", resource)
unless { context has readsServerFiles && (!context.readsServerFiles || context.roles.contains("owner")) };`,
  }),
  forbid({
    name: 'system.never-decides',
    reason: 'Autonomous work never approves, and never changes who may do what.',
    remedy: 'Ask a person to do it.',
    text: `forbid(principal is Airlock::System, action in [${quoted(['reviews:approve', 'people:create', 'people:remove', 'keys:own', 'identity-providers:set', 'policies:set', 'budgets:set', 'budgets:raise', 'egress:widen', 'egress:allow', 'providers:create', 'providers:remove'])}], resource);`,
  }),
  forbid({
    name: 'service-account.never-decides',
    reason: 'A service account is nobody: it never approves, and never changes who may do what.',
    remedy: 'Ask a person to do it.',
    text: `forbid(principal is Airlock::ServiceAccount, action in [${quoted(['reviews:approve', 'people:create', 'people:remove', 'keys:own', 'identity-providers:set', 'policies:set'])}], resource);`,
  }),
  forbid({
    name: 'system.high-risk-waits',
    reason: 'What is risky waits for a person, however autonomous the project is.',
    remedy: 'Ask a person to do it.',
    text: `forbid(principal is Airlock::System, action, resource)
when { context.riskRank >= 2 };`,
  }),
]

function forbid(rule: Omit<Rule, 'effect'> & { readonly remedy: string }): Rule {
  const { name, reason, remedy, text } = rule
  const annotations = Object.entries({ id: name, reason, remedy }).map(
    ([key, value]) => `@${key}(${JSON.stringify(value)})`,
  )
  return { name, effect: 'forbid', reason, remedy, text: `${annotations.join('\n')}\n${text}` }
}

function quoted(permissions: readonly string[]): string {
  return permissions.map((permission) => `Airlock::Action::${JSON.stringify(permission)}`).join(', ')
}
