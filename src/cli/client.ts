import { z } from 'zod'
import {
  AuditPage,
  MemberPage,
  type MemberRequest,
  NewMember,
  Project,
  ProjectPage,
  type ProjectRequest,
  ProviderPage,
  type ProviderRequest,
  ProviderView,
  type SelectionRequest,
  ServerStatus,
  TaskPage,
  WhoAmI,
} from '#contract/api.ts'
import { Confirmation, ConfirmationPage } from '#contract/confirmation.ts'
import { Retention, type TaskErasure } from '#contract/data.ts'
import { type EgressTarget, EgressView, type WideningRequest } from '#contract/egress.ts'
import { type ModelPolicy, ProviderOrder } from '#contract/model-policy.ts'
import {
  CONFIRMATION_HEADER,
  type ExplainRequest,
  Explanation,
  type PolicyChange,
  PolicyList,
  PolicyPreview,
  type PolicySetting,
  PolicyView,
  Replay,
  type ReplayRequest,
} from '#contract/policy.ts'
import { Inspection } from '#contract/preserved.ts'
import type { ApprovalRequest, RejectionRequest } from '#contract/review.ts'
import type { JustificationRequest } from '#contract/scan-report.ts'
import {
  KeyRotation,
  SecretList,
  type SecretPlace,
  type SecretRequest,
  SecretView,
} from '#contract/secret.ts'
import { NewShareLink, ShareLinkPage, type ShareRequest } from '#contract/share.ts'
import { type BudgetRaise, SharedBudgetPage, type SharedBudgetRequest } from '#contract/shared-budget.ts'
import {
  ApiKeyPage,
  type ApiKeyRequest,
  IdentityProvider,
  IdentityProviderPage,
  type IdentityProviderRequest,
  InvitationPage,
  type InvitationRequest,
  NewApiKey,
  NewInvitation,
  NewPasswordReset,
  type PasswordResetRequest,
  ServiceAccount,
  ServiceAccountPage,
  type ServiceAccountRequest,
} from '#contract/sign-in.ts'
import { Task, type TaskRequest } from '#contract/task.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { taskEvents } from './event-feed.ts'
import { placeCalls } from './place-calls.ts'
import { failureIn, unreachable } from './wire-failure.ts'

/** A server and the token to it. */
export interface Door {
  readonly url: string
  readonly token: string
  /** Said along with every request, for what a policy asks to confirm. */
  readonly confirmation?: string | undefined
  /** Asked for a one-time code when, and only when, a request is refused for want of a second factor. */
  readonly secondFactor?: (() => Promise<string | undefined>) | undefined
}

interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

const EMPTY = ReadableStream.from<Uint8Array>([])

/** The API as functions; each answers with the parsed value or the server's own refusal. */
export type Client = ReturnType<typeof createClient>

export function createClient(door: Door) {
  const json = async <T extends z.ZodType>(
    path: string,
    reply: T,
    call: Call = {},
  ): Promise<Result<z.output<T>>> => {
    const response = await send(door, path, call)
    if (!response.ok) return response
    return parsed(await response.value.json(), reply)
  }
  const bytes = async (path: string, query: Call['query'] = {}): Promise<Result<Uint8Array>> => {
    const response = await send(door, path, { query })
    return response.ok ? ok(new Uint8Array(await response.value.arrayBuffer())) : response
  }
  const stream = async (path: string): Promise<Result<AsyncIterable<Uint8Array>>> => {
    const response = await send(door, path, {})
    return response.ok ? ok(response.value.body ?? EMPTY) : response
  }
  const nothing = async (path: string, query: Call['query'] = {}): Promise<Result<void>> => {
    const response = await send(door, path, { method: 'DELETE', query })
    return response.ok ? ok(undefined) : response
  }
  const post = <T extends z.ZodType>(path: string, reply: T, body: unknown = {}) =>
    json(path, reply, { method: 'POST', body })
  const task = (ref: string) => `/v1/tasks/${encodeURIComponent(ref)}`
  const project = (ref: string) => `/v1/projects/${encodeURIComponent(ref)}`

  return {
    ...placeCalls({ json, post, nothing }),
    url: door.url,
    me: () => json('/v1/me', WhoAmI),
    status: () => json('/v1/status', ServerStatus),
    submit: (request: z.input<typeof TaskRequest>) => post('/v1/tasks', Task, request),
    tasks: (query: Call['query'] = {}) => json('/v1/tasks', TaskPage, { query }),
    task: (ref: string) => json(task(ref), Task),
    diff: (ref: string) => bytes(`${task(ref)}/diff`),
    /** Follows a task from after that sequence until it ends, over lost connections. Throws an AirlockError. */
    events: (ref: string, signal: AbortSignal, after = 0) =>
      taskEvents({ url: `${door.url}${task(ref)}/events`, token: door.token, after, signal }),
    attachEvidence: (ref: string) => post(`${task(ref)}/evidence-note`, Task),
    share: (ref: string, request: z.input<typeof ShareRequest>) =>
      post(`${task(ref)}/shares`, NewShareLink, request),
    shares: (ref: string) => json(`${task(ref)}/shares`, ShareLinkPage),
    confirmations: () => json('/v1/confirmations', ConfirmationPage),
    giveConfirmation: (id: string) => post(`/v1/confirmations/${encodeURIComponent(id)}`, Confirmation),
    retention: () => json('/v1/retention', Retention),
    setRetention: (wanted: Retention) => post('/v1/retention', Retention, wanted),
    exportPerson: (id: string) => stream(`/v1/people/${encodeURIComponent(id)}/data`),
    erasePerson: (id: string) => nothing(`/v1/people/${encodeURIComponent(id)}/data`),
    revokeShare: (ref: string, share: string) => nothing(`${task(ref)}/shares/${encodeURIComponent(share)}`),
    exportTask: (ref: string) => stream(`${task(ref)}/data`),
    eraseTask: (ref: string, evidence: TaskErasure['evidence']) => nothing(`${task(ref)}/data`, { evidence }),
    cancel: (ref: string) => post(`${task(ref)}/cancel`, Task),
    retry: (ref: string, comment: string, more: { readonly preserveSeconds?: number } = {}) =>
      post(`${task(ref)}/retry`, Task, { comment, ...more }),
    inspect: (ref: string, command: readonly string[]) =>
      post(`${task(ref)}/preserved/commands`, Inspection, { command }),
    discardPreserved: (ref: string) => nothing(`${task(ref)}/preserved`),
    approve: (ref: string, request: z.input<typeof ApprovalRequest>) =>
      post(`${task(ref)}/approval`, Task, request),
    reject: (ref: string, request: z.input<typeof RejectionRequest>) =>
      post(`${task(ref)}/rejection`, Task, request),
    justify: (ref: string, request: z.input<typeof JustificationRequest>) =>
      post(`${task(ref)}/justifications`, Task, request),
    select: (ref: string, request: SelectionRequest) => post(`${task(ref)}/selection`, Task, request),
    evidence: (commit: string) => bytes(`/v1/evidence/${encodeURIComponent(commit)}`),
    projects: (query: Call['query'] = {}) => json('/v1/projects', ProjectPage, { query }),
    createProject: (request: z.input<typeof ProjectRequest>) => post('/v1/projects', Project, request),
    taskEgress: (ref: string) => json(`${task(ref)}/egress`, EgressView),
    widenTask: (ref: string, request: WideningRequest) => post(`${task(ref)}/egress`, EgressView, request),
    narrowTask: (ref: string, target: EgressTarget) =>
      json(`${task(ref)}/egress`, EgressView, { method: 'DELETE', query: target }),
    secrets: (ref: string) => json(`${project(ref)}/secrets`, SecretList),
    /** With `ifVersion` only over that one, 0 for none. */
    setSecret: (ref: string, request: z.input<typeof SecretRequest>, ifVersion?: number) =>
      json(`${project(ref)}/secrets`, SecretView, {
        method: 'POST',
        body: request,
        ...(ifVersion === undefined ? {} : { headers: onlyOver(ifVersion) }),
      }),
    removeSecret: (ref: string, name: string, place: z.input<typeof SecretPlace> = {}) =>
      nothing(`${project(ref)}/secrets/${encodeURIComponent(name)}`, place),
    pruneSecret: (ref: string, name: string, keep: number, place: z.input<typeof SecretPlace> = {}) =>
      json(`${project(ref)}/secrets/${encodeURIComponent(name)}/prune`, SecretView, {
        method: 'POST',
        query: place,
        body: { keep },
      }),
    rotateSecretKeys: () => post('/v1/secrets/rotate-keys', KeyRotation),
    projectEgress: (ref: string) => json(`${project(ref)}/egress`, EgressView),
    widenProject: (ref: string, request: WideningRequest) =>
      post(`${project(ref)}/egress`, EgressView, request),
    narrowProject: (ref: string, target: EgressTarget) =>
      json(`${project(ref)}/egress`, EgressView, { method: 'DELETE', query: target }),
    setProjectModels: (project: string, policy: ModelPolicy) =>
      post(`/v1/projects/${encodeURIComponent(project)}/models`, Project, policy),
    providers: (query: Call['query'] = {}) => json('/v1/providers', ProviderPage, { query }),
    addProvider: (request: z.input<typeof ProviderRequest>) => post('/v1/providers', ProviderView, request),
    removeProvider: (name: string) => nothing(`/v1/providers/${encodeURIComponent(name)}`),
    providerOrder: () => json('/v1/provider-order', ProviderOrder),
    orderProviders: (order: string[]) => post('/v1/provider-order', ProviderOrder, { order }),
    budgets: () => json('/v1/budgets', SharedBudgetPage),
    setBudget: (request: SharedBudgetRequest) => post('/v1/budgets', SharedBudgetPage, request),
    raiseBudget: (ref: string, raise: BudgetRaise) => post(`${task(ref)}/budget`, Task, raise),
    policies: () => json('/v1/policies', PolicyList),
    policy: (name: string) => json(`/v1/policies/${encodeURIComponent(name)}`, PolicyView),
    previewPolicy: (change: PolicyChange) => post('/v1/policy-previews', PolicyPreview, change),
    setPolicy: (setting: PolicySetting) => post('/v1/policies', PolicyPreview, setting),
    removePolicy: (name: string, after: number) =>
      json(`/v1/policies/${encodeURIComponent(name)}`, PolicyPreview, { method: 'DELETE', query: { after } }),
    explainDecision: (request: ExplainRequest) => post('/v1/policy-explanations', Explanation, request),
    replayDecisions: (request: z.input<typeof ReplayRequest>) => post('/v1/policy-replays', Replay, request),
    people: (query: Call['query'] = {}) => json('/v1/people', MemberPage, { query }),
    addPerson: (request: z.input<typeof MemberRequest>) => post('/v1/people', NewMember, request),
    removePerson: (person: string) => nothing(`/v1/people/${encodeURIComponent(person)}`),
    invitePerson: (request: z.input<typeof InvitationRequest>) =>
      post('/v1/invitations', NewInvitation, request),
    invitations: () => json('/v1/invitations', InvitationPage),
    revokeInvitation: (id: string) => nothing(`/v1/invitations/${encodeURIComponent(id)}`),
    resetPassword: (person: string, request: z.input<typeof PasswordResetRequest>) =>
      post(`/v1/people/${encodeURIComponent(person)}/password-resets`, NewPasswordReset, request),
    serviceAccounts: () => json('/v1/service-accounts', ServiceAccountPage),
    createServiceAccount: (request: z.input<typeof ServiceAccountRequest>) =>
      post('/v1/service-accounts', ServiceAccount, request),
    removeServiceAccount: (account: string) => nothing(`/v1/service-accounts/${encodeURIComponent(account)}`),
    keys: (everybody = false) => json('/v1/keys', ApiKeyPage, { query: { everybody: String(everybody) } }),
    createKey: (request: z.input<typeof ApiKeyRequest>) => post('/v1/keys', NewApiKey, request),
    revokeKey: (id: string) => nothing(`/v1/keys/${encodeURIComponent(id)}`),
    identityProviders: () => json('/v1/identity-providers', IdentityProviderPage),
    addIdentityProvider: (request: z.input<typeof IdentityProviderRequest>) =>
      post('/v1/identity-providers', IdentityProvider, request),
    removeIdentityProvider: (id: string) => nothing(`/v1/identity-providers/${encodeURIComponent(id)}`),
    auditEntries: (query: Call['query'] = {}) => json('/v1/audit/entries', AuditPage, { query }),
    auditCheckpoint: () => bytes('/v1/audit/checkpoint'),
    auditExport: () => stream('/v1/audit/export'),
  }
}

/** Asks; where that needs a second factor and there is one, asks again with it. A code counts once, so nothing else bears it. */
async function send(door: Door, path: string, call: Call): Promise<Result<Response>> {
  const answer = await sendOnce(door, path, call)
  if (answer.ok || answer.failure.code !== 'confirmation_needed') return answer
  if (answer.failure.details?.method !== 'second-factor') return answer
  const code = await door.secondFactor?.()
  return code === undefined ? answer : sendOnce({ ...door, confirmation: `totp ${code}` }, path, call)
}

async function sendOnce(
  { url, token, confirmation }: Door,
  path: string,
  call: Call,
): Promise<Result<Response>> {
  const address = new URL(path, url)
  for (const [name, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) address.searchParams.set(name, String(value))
  let response: Response
  try {
    response = await fetch(address, {
      method: call.method ?? 'GET',
      redirect: 'error',
      headers: {
        ...call.headers,
        authorization: `Bearer ${token}`,
        ...(confirmation === undefined ? {} : { [CONFIRMATION_HEADER]: confirmation }),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    })
  } catch {
    return refused(unreachable(url))
  }
  return response.ok ? ok(response) : refused(await failureIn(response))
}

function onlyOver(version: number): Readonly<Record<string, string>> {
  return version === 0 ? { 'if-none-match': '*' } : { 'if-match': `"${version}"` }
}

function parsed<T extends z.ZodType>(value: unknown, reply: T): Result<z.output<T>> {
  const result = reply.safeParse(value)
  if (result.success) return ok(result.data)
  return refused({
    code: 'internal',
    message: 'The server answered with something this version does not understand.',
    remedy: 'Use the same version of Airlock on both sides: `airlock status` shows that of the server.',
    details: { problem: z.prettifyError(result.error).slice(0, 2000) },
  })
}
