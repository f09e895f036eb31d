import { z } from 'zod'
import { ProjectReference } from '#contract/api.ts'
import { ProjectAutonomy, ProjectDetail, ProjectMove, ProjectRename } from '#contract/places.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

const ProjectParams = z.strictObject({ project: ProjectReference })

export const projectSettingRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/projects/{project}',
    action: 'project.show',
    place: 'project',
    summary: 'A project, who looks after it, and what happens to it by itself',
    params: ProjectParams,
    reply: ProjectDetail,
    run: ({ application, actor, params }) => application.showProject(actor, params.project),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/name',
    action: 'project.rename',
    place: 'project',
    summary: 'Call a project something else',
    params: ProjectParams,
    body: ProjectRename,
    reply: ProjectDetail,
    current: ({ application, actor, params }) => application.showProject(actor, params.project),
    run: ({ application, actor, params, body }) =>
      application.renameProject(actor, params.project, body.name),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/team',
    action: 'project.move',
    place: 'project',
    summary: 'Have a team look after a project: also asks whether you may there',
    params: ProjectParams,
    body: ProjectMove,
    reply: ProjectDetail,
    current: ({ application, actor, params }) => application.showProject(actor, params.project),
    run: ({ application, actor, params, body }) => application.moveProject(actor, params.project, body.team),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/autonomy',
    action: 'project.autonomy',
    place: 'project',
    summary: 'How much happens to a project by itself, 0 to 3',
    params: ProjectParams,
    body: ProjectAutonomy,
    reply: ProjectDetail,
    current: ({ application, actor, params }) => application.showProject(actor, params.project),
    run: ({ application, actor, params, body }) =>
      application.setAutonomy(actor, params.project, body.autonomy),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/projects/{project}',
    action: 'project.remove',
    place: 'project',
    summary: 'Disconnect a repository: its tasks and evidence stay, secrets and credentials are forgotten',
    params: ProjectParams,
    status: 204,
    mediaTypes: [],
    current: ({ application, actor, params }) => application.showProject(actor, params.project),
    run: async ({ application, actor, params }) =>
      noContent(await application.removeProject(actor, params.project)),
  }),
]
