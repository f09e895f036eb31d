import { z } from 'zod'
import { PageRequest, Project, ProjectPage, ProjectRequest } from '#contract/api.ts'
import { ModelPolicy } from '#contract/model-policy.ts'
import { jsonRoute, type Route } from '../route.ts'

export const projectRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/projects',
    action: 'project.list',
    place: 'seen',
    summary: 'The connected repositories',
    query: PageRequest,
    reply: ProjectPage,
    run: ({ application, actor, query }) => application.listProjects(actor, query),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects',
    action: 'project.create',
    place: 'within',
    summary: 'Connect a repository; asked again, the same project is returned',
    body: ProjectRequest,
    reply: Project,
    run: ({ application, actor, body }) => application.createProject(actor, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/models',
    action: 'project.models',
    place: 'project',
    summary: 'Say which models the tasks of a project may use, and who stands by for whom',
    params: z.strictObject({ project: z.string().min(1).max(100).describe('Id or name') }),
    body: ModelPolicy,
    reply: Project,
    current: ({ application, actor, params }) => application.showProject(actor, params.project),
    run: ({ application, actor, params, body }) => application.setProjectModels(actor, params.project, body),
  }),
]
