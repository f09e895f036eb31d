import { z } from 'zod'
import {
  ExplainRequest,
  Explanation,
  PolicyChange,
  PolicyList,
  PolicyName,
  PolicyPreview,
  PolicyRemoval,
  PolicySetting,
  PolicyView,
  Replay,
  ReplayRequest,
} from '#contract/policy.ts'
import { jsonRoute, type Route } from '../route.ts'

const PolicyParams = z.strictObject({ policy: PolicyName })

export const policyRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/policies',
    action: 'policy.list',
    summary: 'What this organisation forbids besides the standing rules',
    reply: PolicyList,
    run: ({ application, actor }) => application.listPolicies(actor),
  }),
  jsonRoute({
    method: 'get',
    path: '/v1/policies/{policy}',
    action: 'policy.show',
    summary: 'A policy with its examples',
    params: PolicyParams,
    reply: PolicyView,
    run: ({ application, actor, params }) => application.showPolicy(actor, params.policy),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/policies',
    action: 'policy.set',
    summary: 'Set or replace a policy, in knowledge of the last change and of what this one does',
    body: PolicySetting,
    reply: PolicyPreview,
    run: ({ application, actor, body }) => application.setPolicy(actor, body),
  }),
  jsonRoute({
    method: 'delete',
    path: '/v1/policies/{policy}',
    action: 'policy.remove',
    summary: 'Remove a policy, in knowledge of the last change',
    params: PolicyParams,
    query: PolicyRemoval,
    reply: PolicyPreview,
    run: ({ application, actor, params, query }) =>
      application.removePolicy(actor, params.policy, query.after),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/policy-previews',
    action: 'policy.preview',
    summary: 'What a policy, set or (without texts) removed, would newly allow and refuse',
    body: PolicyChange,
    reply: PolicyPreview,
    run: ({ application, actor, body }) => application.previewPolicy(actor, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/policy-explanations',
    action: 'policy.explain',
    summary: 'How something would be decided now, with every rule that speaks',
    body: ExplainRequest,
    reply: Explanation,
    run: ({ application, actor, body }) => application.explainDecision(actor, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/policy-replays',
    action: 'policy.replay',
    summary: 'What the policies, or changed ones, would have said to what was decided',
    body: ReplayRequest,
    reply: Replay,
    run: ({ application, actor, body }) => application.replayDecisions(actor, body),
  }),
]
