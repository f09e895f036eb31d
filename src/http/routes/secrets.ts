import { z } from 'zod'
import { ProjectReference } from '#contract/api.ts'
import {
  KeyRotation,
  PruneRequest,
  SecretList,
  SecretName,
  SecretPlace,
  SecretRequest,
  SecretView,
} from '#contract/secret.ts'
import { etagOf, versionAsked } from '../if-match.ts'
import { noContent } from '../no-content.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

const ProjectParams = z.strictObject({ project: ProjectReference })
const SecretParams = ProjectParams.extend({ name: SecretName })

export const secretRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/projects/{project}/secrets',
    action: 'secret.list',
    place: 'project',
    summary: 'The secrets of a project with their versions and last use, without their content',
    params: ProjectParams,
    reply: SecretList,
    run: ({ application, actor, params }) => application.listSecrets(actor, params.project),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/secrets',
    action: 'secret.set',
    place: 'within',
    summary: 'Store a new version of a secret. With If-Match only over the version that its ETag names',
    params: ProjectParams,
    body: SecretRequest,
    reply: SecretView,
    run: async ({ application, actor, params, body, context }) => {
      const version = versionAsked(context)
      if (!version.ok) return version
      const stored = await application.setSecret(actor, params.project, body, version.value)
      if (stored.ok) context.header('ETag', etagOf(stored.value.version))
      return stored
    },
  }),
  rawRoute({
    method: 'delete',
    path: '/v1/projects/{project}/secrets/{name}',
    action: 'secret.remove',
    place: 'within',
    summary: 'Destroy a secret with all of its versions',
    params: SecretParams,
    query: SecretPlace,
    status: 204,
    mediaTypes: [],
    run: async ({ application, actor, params: { project, name }, query }) =>
      noContent(await application.removeSecret(actor, project, { name, ...query })),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/secrets/{name}/prune',
    action: 'secret.prune',
    place: 'within',
    summary: 'Destroy the older versions of a secret',
    params: SecretParams,
    query: SecretPlace,
    body: PruneRequest,
    reply: SecretView,
    run: ({ application, actor, params: { project, name }, query, body }) =>
      application.pruneSecret(actor, project, { name, ...query }, body.keep),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/secrets/rotate-keys',
    action: 'secret.rotate-keys',
    place: 'server',
    summary: 'Put the secrets of the whole server under its newest key',
    reply: KeyRotation,
    run: ({ application, actor }) => application.rotateSecretKeys(actor),
  }),
]
