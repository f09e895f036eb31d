import { z } from 'zod'
import { ProjectReference } from '#contract/api.ts'
import { EgressTarget, EgressView, WideningRequest } from '#contract/egress.ts'
import { jsonRoute, type Route } from '../route.ts'
import { TaskParams } from './tasks.ts'

const ProjectParams = z.strictObject({ project: ProjectReference })

export const egressRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/tasks/{task}/egress',
    action: 'task.egress',
    place: 'task',
    summary: 'What the setup of a task asked to reach, and what people allowed',
    params: TaskParams,
    reply: EgressView,
    run: ({ application, actor, params }) => application.taskEgress(actor, params.task),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/egress',
    action: 'task.widen',
    place: 'task',
    summary: 'Let the setup of this task reach a host, from its next attempt on',
    params: TaskParams,
    body: WideningRequest,
    reply: EgressView,
    run: ({ application, actor, params, body }) => application.widenTask(actor, params.task, body),
  }),
  jsonRoute({
    method: 'delete',
    path: '/v1/tasks/{task}/egress',
    action: 'task.narrow',
    place: 'task',
    summary: 'Take back that a task may reach a host',
    params: TaskParams,
    query: EgressTarget,
    reply: EgressView,
    run: ({ application, actor, params, query }) => application.narrowTask(actor, params.task, query),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/projects/{project}/egress',
    action: 'project.egress',
    place: 'project',
    summary: 'The hosts that airlock.yaml names beyond the presets, and which of them people allowed',
    params: ProjectParams,
    reply: EgressView,
    run: ({ application, actor, params }) => application.projectEgress(actor, params.project),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/projects/{project}/egress',
    action: 'project.widen',
    place: 'project',
    summary: 'Let the setup of tasks whose base names it in airlock.yaml reach a host',
    params: ProjectParams,
    body: WideningRequest,
    reply: EgressView,
    run: ({ application, actor, params, body }) => application.widenProject(actor, params.project, body),
  }),
  jsonRoute({
    method: 'delete',
    path: '/v1/projects/{project}/egress',
    action: 'project.narrow',
    place: 'project',
    summary: 'Take back that a project may reach a host',
    params: ProjectParams,
    query: EgressTarget,
    reply: EgressView,
    run: ({ application, actor, params, query }) => application.narrowProject(actor, params.project, query),
  }),
]
