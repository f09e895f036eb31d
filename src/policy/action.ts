export const PERMISSIONS = [
  'tasks:read',
  'tasks:create',
  'tasks:cancel',
  'reviews:select',
  'reviews:approve',
  'reviews:reject',
  'projects:read',
  'projects:create',
  'providers:read',
  'providers:create',
  'providers:remove',
  'people:read',
  'people:create',
  'people:remove',
  'audit:read',
  'evidence:read',
  'evidence:attach',
  'budgets:read',
  'budgets:set',
  'budgets:raise',
  'egress:widen',
  'egress:allow',
  'secrets:read',
  'secrets:set',
  'secrets:remove',
  'sandboxes:inspect',
  'sandboxes:destroy',
  'policies:read',
  'policies:test',
  'policies:set',
  'server:read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** How bad it would be if the wrong person did it, weakest first. */
export type Risk = 'low' | 'medium' | 'high' | 'critical'

interface ActionFacts {
  readonly permission: Permission
  readonly risk: Risk
}

/** Everything anybody can do, on any surface. A route, command or message names one of these or does not compile. */
export const ACTIONS = {
  'task.list': { permission: 'tasks:read', risk: 'low' },
  'task.show': { permission: 'tasks:read', risk: 'low' },
  'task.watch': { permission: 'tasks:read', risk: 'low' },
  'task.diff': { permission: 'tasks:read', risk: 'low' },
  'task.submit': { permission: 'tasks:create', risk: 'medium' },
  'task.retry': { permission: 'tasks:create', risk: 'medium' },
  'task.cancel': { permission: 'tasks:cancel', risk: 'low' },
  'review.select': { permission: 'reviews:select', risk: 'medium' },
  'review.approve': { permission: 'reviews:approve', risk: 'high' },
  'review.reject': { permission: 'reviews:reject', risk: 'low' },
  'evidence.attach': { permission: 'evidence:attach', risk: 'medium' },
  'evidence.show': { permission: 'evidence:read', risk: 'low' },
  'project.list': { permission: 'projects:read', risk: 'low' },
  'project.create': { permission: 'projects:create', risk: 'medium' },
  'project.models': { permission: 'projects:create', risk: 'medium' },
  'provider.list': { permission: 'providers:read', risk: 'low' },
  'provider.create': { permission: 'providers:create', risk: 'high' },
  'provider.order': { permission: 'providers:create', risk: 'high' },
  'provider.remove': { permission: 'providers:remove', risk: 'medium' },
  'person.list': { permission: 'people:read', risk: 'low' },
  'person.create': { permission: 'people:create', risk: 'critical' },
  'person.remove': { permission: 'people:remove', risk: 'critical' },
  'budget.list': { permission: 'budgets:read', risk: 'low' },
  'budget.set': { permission: 'budgets:set', risk: 'high' },
  'budget.raise': { permission: 'budgets:raise', risk: 'medium' },
  'task.egress': { permission: 'tasks:read', risk: 'low' },
  'task.widen': { permission: 'egress:widen', risk: 'high' },
  'task.narrow': { permission: 'egress:widen', risk: 'low' },
  'project.egress': { permission: 'projects:read', risk: 'low' },
  'project.widen': { permission: 'egress:allow', risk: 'high' },
  'project.narrow': { permission: 'egress:allow', risk: 'low' },
  'secret.list': { permission: 'secrets:read', risk: 'low' },
  'secret.set': { permission: 'secrets:set', risk: 'high' },
  'secret.remove': { permission: 'secrets:remove', risk: 'medium' },
  'sandbox.inspect': { permission: 'sandboxes:inspect', risk: 'medium' },
  'sandbox.destroy': { permission: 'sandboxes:destroy', risk: 'low' },
  'policy.list': { permission: 'policies:read', risk: 'low' },
  'policy.show': { permission: 'policies:read', risk: 'low' },
  'policy.explain': { permission: 'policies:read', risk: 'low' },
  'policy.preview': { permission: 'policies:test', risk: 'low' },
  'policy.replay': { permission: 'policies:test', risk: 'low' },
  'policy.set': { permission: 'policies:set', risk: 'critical' },
  'policy.remove': { permission: 'policies:set', risk: 'critical' },
  'audit.list': { permission: 'audit:read', risk: 'low' },
  'audit.checkpoint': { permission: 'audit:read', risk: 'low' },
  'audit.export': { permission: 'audit:read', risk: 'medium' },
  'identity.show': { permission: 'server:read', risk: 'low' },
  'server.status': { permission: 'server:read', risk: 'low' },
} as const satisfies Record<string, ActionFacts>

export type ActionName = keyof typeof ACTIONS

/** What depends on a record that the door has not read: decided where it is, and there at once. */
export const DECIDED_WITHIN: readonly ActionName[] = [
  'review.approve',
  'project.create',
  'person.create',
  'person.remove',
]
