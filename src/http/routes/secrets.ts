import { z } from 'zod'
import { ProjectReference } from '#contract/api.ts'
import { SecretList, SecretName, SecretRequest, SecretView } from '#contract/secret.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

const ProjectParams = z.strictObject({ project: ProjectReference })

export const secretRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/projects/{project}/secrets',
    action: 'secret.list',
    place: 'project',
    summary: 'The secret files of a project, without their content',
    params: ProjectParams,
    reply: SecretList,
    run: ({ application, actor, params }) => application.listSecrets(actor, params.project),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/secrets',
    action: 'secret.set',
    place: 'project',
    summary: 'Store a file that setup sees at /run/secrets where airlock.yaml names it',
    params: ProjectParams,
    body: SecretRequest,
    reply: SecretView,
    run: ({ application, actor, params, body }) => application.setSecret(actor, params.project, body),
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/projects/{project}/secrets/{name}',
    action: 'secret.remove',
    place: 'project',
    summary: 'Forget a secret file',
    params: ProjectParams.extend({ name: SecretName }),
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params }) =>
      noContent(await application.removeSecret(actor, params.project, params.name)),
  }),
]
