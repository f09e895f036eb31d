import { z } from 'zod'
import { Named, Team, TeamDetail, TeamList, TeamMemberRequest, TeamReference } from '#contract/places.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

const TeamParams = z.strictObject({ team: TeamReference })

export const teamRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/teams',
    action: 'team.list',
    place: 'seen',
    summary: 'The teams you can see',
    reply: TeamList,
    run: ({ application, actor }) => application.listTeams(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/teams',
    action: 'team.create',
    place: 'organisation',
    summary: 'Make a team',
    body: Named,
    status: 201,
    reply: Team,
    run: ({ application, actor, body }) => application.createTeam(actor, body.name),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/teams/{team}',
    action: 'team.show',
    place: 'team',
    summary: 'Who is in a team, what it is where, and what it looks after',
    params: TeamParams,
    reply: TeamDetail,
    run: ({ application, actor, params }) => application.showTeam(actor, params.team),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/teams/{team}/name',
    action: 'team.rename',
    place: 'team',
    summary: 'Call a team something else',
    params: TeamParams,
    body: Named,
    reply: Team,
    current: ({ application, actor, params }) => application.showTeam(actor, params.team),
    run: ({ application, actor, params, body }) => application.renameTeam(actor, params.team, body.name),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/teams/{team}',
    action: 'team.remove',
    place: 'team',
    summary: 'Remove a team: its roles end, and nobody looks after its projects',
    params: TeamParams,
    status: 204,
    mediaTypes: [],
    current: ({ application, actor, params }) => application.showTeam(actor, params.team),
    run: async ({ application, actor, params }) =>
      noContent(await application.removeTeam(actor, params.team)),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/teams/{team}/members',
    action: 'team.member-add',
    place: 'within',
    summary: 'Take somebody into a team, with all its roles',
    params: TeamParams,
    body: TeamMemberRequest,
    reply: TeamDetail,
    run: ({ application, actor, params, body }) => application.addToTeam(actor, params.team, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/teams/{team}/members/{member}',
    action: 'team.member-remove',
    place: 'within',
    summary: 'Take somebody out of a team, with all its roles',
    params: TeamParams.extend({
      member: z
        .string()
        .min(1)
        .max(320)
        .describe('A person by id or e-mail, a service account by id or name'),
    }),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.dropFromTeam(actor, params.team, params.member)),
  }),
]
