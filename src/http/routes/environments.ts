import { z } from 'zod'
import { ProjectReference } from '#contract/api.ts'
import { Environment, EnvironmentList, EnvironmentReference, EnvironmentRequest } from '#contract/places.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

const ProjectParams = z.strictObject({ project: ProjectReference })
const EnvironmentParams = ProjectParams.extend({ environment: EnvironmentReference })

export const environmentRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/projects/{project}/environments',
    action: 'environment.list',
    place: 'project',
    summary: 'The environments of a project',
    params: ProjectParams,
    reply: EnvironmentList,
    run: ({ application, actor, params }) => application.listEnvironments(actor, params.project),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/environments',
    action: 'environment.create',
    place: 'project',
    summary: 'Name an environment of a project',
    params: ProjectParams,
    body: EnvironmentRequest,
    status: 201,
    reply: Environment,
    run: ({ application, actor, params, body }) =>
      application.createEnvironment(actor, params.project, body.name),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/environments/{environment}/name',
    action: 'environment.rename',
    place: 'environment',
    summary: 'Call an environment something else',
    params: EnvironmentParams,
    body: EnvironmentRequest,
    reply: Environment,
    run: ({ application, actor, params, body }) =>
      application.renameEnvironment(actor, params.project, params.environment, body.name),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/projects/{project}/environments/{environment}',
    action: 'environment.remove',
    place: 'environment',
    summary: 'Remove an environment: its secrets are gone, its roles end',
    params: EnvironmentParams,
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.removeEnvironment(actor, params.project, params.environment)),
  }),
]
