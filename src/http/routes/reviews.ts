import { z } from 'zod'
import { SelectionRequest } from '#contract/api.ts'
import { ApprovalRequest, RejectionRequest } from '#contract/review.ts'
import { JustificationRequest } from '#contract/scan-report.ts'
import { Task } from '#contract/task.ts'
import { ok } from '#kernel/result.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'
import { TaskParams } from './tasks.ts'

const CommitParams = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'a full commit id'),
})

export const reviewRoutes: readonly Route[] = [
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/selection',
    action: 'review.select',
    place: 'task',
    summary: 'Leave files or hunks out of the patch; the smaller one is checked again',
    params: TaskParams,
    body: SelectionRequest,
    reply: Task,
    run: ({ application, actor, params, body }) => application.selectFromPatch(actor, params.task, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/approval',
    action: 'review.approve',
    place: 'within',
    summary: 'Approve exactly the patch with that digest',
    params: TaskParams,
    body: ApprovalRequest,
    reply: Task,
    run: ({ application, actor, params, body }) => application.approve(actor, params.task, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/justifications',
    action: 'review.justify',
    place: 'task',
    summary: 'Let one finding of the scan stand, and say why',
    params: TaskParams,
    body: JustificationRequest,
    reply: Task,
    run: ({ application, actor, params, body }) => application.justify(actor, params.task, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/rejection',
    action: 'review.reject',
    place: 'task',
    summary: 'Reject the patch, for good or for another attempt',
    params: TaskParams,
    body: RejectionRequest,
    reply: Task,
    run: ({ application, actor, params, body }) => application.reject(actor, params.task, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/evidence-note',
    action: 'evidence.attach',
    place: 'task',
    summary: 'Attach the evidence to the pushed commit, as a git note in the same remote',
    params: TaskParams,
    reply: Task,
    run: ({ application, actor, params }) => application.attachEvidence(actor, params.task),
  }),
  rawRoute({
    method: 'get',
    path: '/v1/evidence/{commit}',
    action: 'evidence.show',
    place: 'within',
    summary: 'The signed evidence of a published commit, to be verified offline',
    params: CommitParams,
    mediaTypes: ['application/json'],
    async run({ application, actor, params }) {
      const evidence = await application.evidenceOf(actor, params.commit)
      if (!evidence.ok) return evidence
      return ok(new Response(evidence.value, { headers: { 'content-type': 'application/json' } }))
    },
  }),
]
