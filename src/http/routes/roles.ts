import { PageRequest } from '#contract/api.ts'
import { RoleBindingPage, RoleChange, RoleGrant, RoleRevocation } from '#contract/places.ts'
import { jsonRoute, type Route } from '../route.ts'

export const roleRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/roles',
    action: 'role.list',
    place: 'seen',
    summary: 'Who was given which role where, at the places you may know it of',
    query: PageRequest,
    reply: RoleBindingPage,
    run: ({ application, actor, query }) => application.listRoles(actor, query),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/roles',
    action: 'role.grant',
    place: 'within',
    summary: 'Give somebody a role at a place, instead of what they were there',
    body: RoleGrant,
    reply: RoleChange,
    run: ({ application, actor, body }) => application.grantRole(actor, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/role-revocations',
    action: 'role.revoke',
    place: 'within',
    summary: 'Take away what somebody is at a place',
    body: RoleRevocation,
    reply: RoleChange,
    run: ({ application, actor, body }) => application.revokeRole(actor, body),
  }),
]
