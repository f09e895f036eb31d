import { PageRequest, Project, ProjectPage, ProjectRequest } from '#contract/api.ts'
import { jsonRoute, type Route } from '../route.ts'

export const projectRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/projects',
    action: 'project.list',
    summary: 'The connected repositories',
    query: PageRequest,
    reply: ProjectPage,
    run: ({ application, actor, query }) => application.listProjects(actor, query),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects',
    action: 'project.create',
    summary: 'Connect a repository; asked again, the same project is returned',
    body: ProjectRequest,
    reply: Project,
    run: ({ application, actor, body }) => application.createProject(actor, body),
  }),
]
