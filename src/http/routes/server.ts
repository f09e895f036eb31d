import { ServerStatus, WhoAmI } from '#contract/api.ts'
import { ok } from '#kernel/result.ts'
import { PERMISSIONS } from '#policy/action.ts'
import { holds } from '#policy/role.ts'
import { jsonRoute, type Route } from '../route.ts'

export const serverRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/me',
    action: 'identity.show',
    place: 'organisation',
    summary: 'Who the token stands for, and what they may do',
    reply: WhoAmI,
    run: async ({ actor }) =>
      ok({
        person: actor.person,
        role: actor.role,
        organisation: actor.organisation,
        roles: actor.bindings
          .filter(({ at }) => at.kind !== 'Organisation')
          .map(({ role, at: { kind, id } }) => ({ role, at: { kind: kind.toLowerCase(), id } })),
        permissions: PERMISSIONS.filter(
          (permission) =>
            holds(actor.role, permission) &&
            (actor.narrowedTo === undefined || actor.narrowedTo.includes(permission)),
        ),
      }),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/status',
    action: 'server.status',
    place: 'organisation',
    summary: 'How the server is, and what this host supports',
    reply: ServerStatus,
    run: ({ application, actor }) => application.status(actor),
  }),
]
