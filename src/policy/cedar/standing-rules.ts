import type { Permission } from '../action.ts'
import type { Rule } from './rule.ts'

/** How long a role that was changed stays as it is, and gives no others. */
const COOLDOWN_MINUTES = 60

/** What gives somebody a role, or takes one away. */
const GIVING: readonly Permission[] = ['people:create', 'people:remove', 'teams:members', 'roles:set']

/** What gives others something: whoever was just given a role does not pass it on. */
export const LETTING_IN: readonly Permission[] = ['people:create', 'teams:members', 'roles:set']

/** What changes who may do what. */
const CHANGING_RIGHTS: readonly Permission[] = [
  ...GIVING,
  'reviews:approve',
  'reviews:justify',
  'keys:own',
  'confirmations:give',
  'identity-providers:set',
  'policies:set',
  'projects:move',
  'teams:set',
  'autonomy:set',
  'organisations:set',
  'organisations:create',
  'data:export',
  'data:erase',
  'retention:set',
]

/** What a person answers for: neither autonomous work nor an agent does it, whatever it is given. */
const DECIDING: readonly Permission[] = [
  ...CHANGING_RIGHTS,
  'budgets:set',
  'budgets:raise',
  'egress:widen',
  'egress:allow',
  'providers:create',
  'providers:remove',
  'secrets:set',
  'secrets:remove',
  'shares:set',
  'projects:create',
  'projects:set',
  'projects:remove',
  'environments:set',
  'reviews:select',
]

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
    text: `forbid(principal, action in [${quoted(GIVING)}], resource)
unless { context has givenRole && context.roles.contains(context.givenRole) };`,
  }),
  forbid({
    name: 'people.owner-decides-admins',
    reason: 'Only an owner makes or removes admins and owners.',
    remedy: 'Ask an owner.',
    text: `forbid(principal, action in [${quoted(GIVING)}], resource)
when { context has givenRole && ["admin", "owner"].contains(context.givenRole) && !context.roles.contains("owner") };`,
  }),
  forbid({
    name: 'project.server-files',
    reason: "A local path or a key file is read with the rights of the server's user.",
    remedy: 'Ask an owner of the server to connect it, or connect it by an http(s) address.',
    text: `forbid(principal, action == Airlock::Action::"project.create", resource)
unless { context has readsServerFiles && (!context.readsServerFiles || context.roles.contains("owner")) };`,
  }),
  forbid({
    name: 'policies.two-people',
    confirm: 'other-person',
    reason: 'A policy is changed by two people where there are two who could.',
    remedy: 'Have another owner confirm it.',
    text: `forbid(principal, action in [${quoted(['policies:set'])}], resource)
unless { context has otherApprovers && context.otherApprovers == 0 };`,
  }),
  forbid({
    name: 'roles.cooldown',
    reason: 'Their role was changed less than an hour ago.',
    remedy: 'Wait until an hour has passed; a role can be taken away at any time.',
    text: `forbid(principal, action == Airlock::Action::"role.grant", resource)
unless { context has minutesSinceRoleChange && context.minutesSinceRoleChange >= ${COOLDOWN_MINUTES} };`,
  }),
  forbid({
    name: 'roles.own-cooldown',
    reason: 'Your own role was changed less than an hour ago.',
    remedy: 'Wait until an hour has passed, or ask somebody else.',
    text: `forbid(principal, action in [${quoted(LETTING_IN)}], resource)
unless { context has minutesSinceOwnRoleChange && context.minutesSinceOwnRoleChange >= ${COOLDOWN_MINUTES} };`,
  }),
  forbid({
    name: 'autonomous.never-decides',
    reason: 'Autonomous work and agents never approve, and never change who may do what.',
    remedy: 'Ask a person to do it.',
    text: `forbid(principal, action in [${quoted(DECIDING)}], resource)
when { principal is Airlock::System || context.provenance == "agent" };`,
  }),
  forbid({
    name: 'autonomous.high-risk-waits',
    reason: 'What is risky waits for a person, however autonomous the project is.',
    remedy: 'Ask a person to do it.',
    text: `forbid(principal, action, resource)
when { (principal is Airlock::System || context.provenance == "agent") && context.riskRank >= 2 };`,
  }),
  forbid({
    name: 'autonomous.level',
    reason: 'The autonomy level of the project does not reach so far.',
    remedy:
      'Ask a person to do it, or an owner to raise the level: airlock project set PROJECT --autonomy LEVEL.',
    text: `forbid(principal, action, resource)
when { principal is Airlock::System || context.provenance == "agent" }
unless { context has autonomy && (
  (context.autonomy >= 1 && context.riskRank == 0) ||
  (context.autonomy >= 2 && action in [${quoted(['tasks:create'])}]) ||
  (context.autonomy >= 3 && context.riskRank <= 1)
) };`,
  }),
  forbid({
    name: 'service-account.never-decides',
    reason: 'A service account is nobody: it never approves, and never changes who may do what.',
    remedy: 'Ask a person to do it.',
    text: `forbid(principal is Airlock::ServiceAccount, action in [${quoted(CHANGING_RIGHTS)}], resource);`,
  }),
]

function forbid(rule: Omit<Rule, 'effect'> & { readonly remedy: string }): Rule {
  const { name, reason, remedy, confirm, text } = rule
  const confirmed = confirm === undefined ? {} : { confirm }
  const annotations = Object.entries({ id: name, reason, remedy, ...confirmed }).map(
    ([key, value]) => `@${key}(${JSON.stringify(value)})`,
  )
  return { name, effect: 'forbid', ...confirmed, reason, remedy, text: `${annotations.join('\n')}\n${text}` }
}

function quoted(permissions: readonly Permission[]): string {
  return permissions.map((permission) => `Airlock::Action::${JSON.stringify(permission)}`).join(', ')
}
