import type { Member, Project, ProviderView } from '#contract/api.ts'
import { NOTHING_SPENT } from '#contract/budget.ts'
import type { EgressView } from '#contract/egress.ts'
import type { EventBody, TaskEvent } from '#contract/event.ts'
import type { SecretView } from '#contract/secret.ts'
import type { Task, TaskState } from '#contract/task.ts'
import type { Application, EventListener } from '#http/application.ts'
import { digestOf, utf8 } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { FakePlaces } from './fake-places.ts'

export const PATCH = `diff --git a/src/sum.js b/src/sum.js
index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644
--- a/src/sum.js
+++ b/src/sum.js
@@ -1,3 +1,3 @@
 export function sum(a, b) {
-  return a - b
+  return a + b
 }
@@ -10,2 +10,3 @@ export function other() {
 const a = 1
+const b = 2
 const c = 3
diff --git a/README.md b/README.md
index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644
--- a/README.md
+++ b/README.md
@@ -1 +1 @@
-old
+new
`

const AT = '2026-01-31T12:00:00.000Z'

const NIGHT = { name: 'night', text: '', examples: '', rules: [], setBy: 'usr_a', setAt: AT }
const PREVIEW = { changes: ['This changes nothing.'], questions: 1, sequence: 1 }

export function aTask(number: number, changes: Partial<Task> = {}): Task {
  return {
    id: `tsk_${String(number).padStart(20, '0')}`,
    number,
    project: 'prj_00000000000000000001',
    intent: 'Fix the rounding bug',
    state: 'awaiting_review',
    base: { branch: 'main', commit: 'a'.repeat(40) },
    scope: { include: ['src/**'], exclude: [] },
    agent: 'builtin',
    model: 'anthropic/claude',
    budget: { microDollars: 500_000, tokens: 1_000_000, requests: 100, iterations: 3, seconds: 600 },
    requester: { id: 'usr_a', name: 'Ada', email: 'ada@example.org' },
    createdAt: AT,
    updatedAt: AT,
    attempts: [
      {
        id: 'att_00000000000000000001',
        number: 1,
        startedAt: AT,
        endedAt: AT,
        agentEnding: 'finished',
        spend: { ...NOTHING_SPENT, microDollars: 120_000, inputTokens: 1200, outputTokens: 300, requests: 4 },
        agentSummary: 'I fixed the sign.',
        refusals: [
          {
            rule: 'network.none',
            boundary: 'network',
            what: 'curl https://evil.example',
            reason: 'The sandbox has no network.',
          },
        ],
      },
    ],
    patch: {
      id: 'pat_00000000000000000001',
      base: 'a'.repeat(40),
      tree: 'b'.repeat(40),
      digest: digestOf(PATCH),
      bytes: PATCH.length,
      origin: 'agent',
      undone: [{ path: 'secret.txt', rule: 'scope.write', reason: 'Outside the scope.' }],
      files: [
        {
          path: 'src/sum.js',
          kind: 'modified',
          oldMode: '100644',
          newMode: '100644',
          binary: false,
          additions: 2,
          deletions: 1,
        },
        {
          path: 'README.md',
          kind: 'modified',
          oldMode: '100644',
          newMode: '100644',
          binary: false,
          additions: 1,
          deletions: 1,
        },
      ],
    },
    ...changes,
  }
}

export function anEvent(sequence: number, body: EventBody, task = aTask(1).id): TaskEvent {
  return { sequence, task, attempt: 1, at: AT, body }
}

/** Everything in memory, every call remembered; behaves as the port promises, for one organisation `org_a`. */
export class FakeApplication extends FakePlaces implements Application {
  readonly calls: { name: string; input: unknown[] }[] = []
  readonly tasks: Task[] = [aTask(1)]
  readonly projects: Project[] = []
  readonly providers: ProviderView[] = []
  readonly people: Member[] = []
  readonly events: TaskEvent[] = []
  refuseNext: Failure | undefined
  #listeners = new Set<EventListener>()

  get listeners(): number {
    return this.#listeners.size
  }

  emit(event: TaskEvent): void {
    this.events.push(event)
    if (event.body.kind === 'state') this.#become(event.task, event.body.to)
    for (const listener of this.#listeners) listener(event)
  }

  #become(id: string, state: TaskState): void {
    const index = this.tasks.findIndex((task) => task.id === id)
    const task = this.tasks[index]
    if (task !== undefined) this.tasks[index] = { ...task, state }
  }

  async #answer<T>(name: string, input: unknown[], value: () => T | Failure): Promise<Result<T>> {
    this.calls.push({ name, input })
    const failure = this.refuseNext
    this.refuseNext = undefined
    if (failure !== undefined) return refused(failure)
    const answer = value()
    return isFailure(answer) ? refused(answer) : ok(answer)
  }

  #find(actor: Actor, ref: string): Task | Failure {
    const task = this.tasks.find((each) => each.id === ref || String(each.number) === ref)
    if (task === undefined || actor.organisation !== 'org_a')
      return { code: 'not_found', message: 'There is no such task.' }
    return task
  }

  #change(name: string, actor: Actor, ref: string, input: unknown, state: TaskState): Promise<Result<Task>> {
    return this.#answer(name, [ref, input], () => {
      const task = this.#find(actor, ref)
      if (isFailure(task)) return task
      this.#become(task.id, state)
      return this.#find(actor, ref)
    })
  }

  submitTask: Application['submitTask'] = (_actor, request) =>
    this.#answer('submitTask', [request], () => {
      const task = aTask(this.tasks.length + 1, { intent: request.intent, state: 'queued' })
      delete task.patch
      this.tasks.push(task)
      return task
    })
  listTasks: Application['listTasks'] = (actor, query) =>
    this.#answer('listTasks', [query], () => {
      const from = Number(query.cursor ?? 0)
      const all = actor.organisation === 'org_a' ? this.tasks.toReversed() : []
      const matching = all.filter((task) => query.state === undefined || task.state === query.state)
      const items = matching.slice(from, from + query.limit)
      const more = from + query.limit < matching.length
      return { items, ...(more ? { next: String(from + query.limit) } : {}) }
    })
  getTask: Application['getTask'] = (actor, ref) =>
    this.#answer('getTask', [ref], () => this.#find(actor, ref))
  diffOf: Application['diffOf'] = (actor, ref, digest) =>
    this.#answer('diffOf', [ref, digest], () => {
      const task = this.#find(actor, ref)
      if (isFailure(task)) return task
      return { digest: digestOf(PATCH), bytes: utf8(PATCH) }
    })
  eventsAfter: Application['eventsAfter'] = (actor, ref, after, limit) =>
    this.#answer('eventsAfter', [ref, after, limit], () => {
      const task = this.#find(actor, ref)
      if (isFailure(task)) return task
      return this.events.filter((event) => event.task === task.id && event.sequence > after).slice(0, limit)
    })
  subscribe: Application['subscribe'] = async (actor, ref, listener) => {
    const task = this.#find(actor, ref)
    if (isFailure(task)) return refused(task)
    const own: EventListener = (event) => event.task === task.id && listener(event)
    this.#listeners.add(own)
    return ok(() => void this.#listeners.delete(own))
  }
  cancelTask: Application['cancelTask'] = (actor, ref) =>
    this.#change('cancelTask', actor, ref, undefined, 'cancelled')
  retryTask: Application['retryTask'] = (actor, ref, request) =>
    this.#change('retryTask', actor, ref, request, 'queued')
  approve: Application['approve'] = (actor, ref, request) =>
    this.#change('approve', actor, ref, request, 'approved')
  reject: Application['reject'] = (actor, ref, request) =>
    this.#change('reject', actor, ref, request, request.retry ? 'queued' : 'rejected')
  guards: ReturnType<Application['mayJudge']> = ok(undefined)
  mayJudge: Application['mayJudge'] = () => this.guards
  scanText: Application['scanText'] = async (_actor, { path, text }) => {
    const found = text.includes('eval(')
    return ok({
      verdict: found ? 'flag' : 'allow',
      class: found ? 'code-injection' : null,
      rule: found ? 'javascript.code-injection' : null,
      reason: found ? path : null,
      findings: [],
      minor: 0,
    })
  }

  justify: Application['justify'] = (actor, ref, request) =>
    this.#change('justify', actor, ref, request, 'awaiting_review')
  selectFromPatch: Application['selectFromPatch'] = (actor, ref, request) =>
    this.#change('selectFromPatch', actor, ref, request, 'checking')
  attachEvidence: Application['attachEvidence'] = (actor, ref) =>
    this.#answer('attachEvidence', [ref], () => this.#find(actor, ref))
  evidenceOf: Application['evidenceOf'] = (_actor, commit) =>
    this.#answer('evidenceOf', [commit], () => '{"evidence":true}')
  listProjects: Application['listProjects'] = (_actor, page) =>
    this.#answer('listProjects', [page], () => ({ items: this.projects }))
  createProject: Application['createProject'] = (_actor, request) =>
    this.#answer('createProject', [request], () => {
      const known = this.projects.find((project) => project.url === request.url)
      if (known !== undefined) return known
      const project: Project = {
        id: `prj_${String(this.projects.length + 1).padStart(20, '0')}`,
        name: request.name ?? request.url.split('/').at(-1) ?? 'project',
        url: request.url,
        protectedBranches: request.protectedBranches,
        createdAt: AT,
      }
      this.projects.push(project)
      return project
    })
  setProjectModels: Application['setProjectModels'] = (_actor, reference, models) =>
    this.#answer<Project>('setProjectModels', [reference, models], () => {
      const known = this.projects.find(({ name }) => name === reference)
      if (known === undefined) return { code: 'not_found', message: 'There is no such project.' }
      const project: Project = { ...known, models }
      return project
    })
  listConfirmations: Application['listConfirmations'] = () =>
    this.#answer('listConfirmations', [], () => ({ items: [] }))
  giveConfirmation: Application['giveConfirmation'] = (actor, id) =>
    this.#answer('giveConfirmation', [id], () => ({
      ...{ id, action: 'environment.remove', place: 'Environment env_a', facts: {}, about: '' },
      ...{ askedBy: actor.person, askedAt: AT, expiresAt: AT },
    }))
  retention: Application['retention'] = () =>
    this.#answer('retention', [], () => ({ taskDays: null, decisionDays: 400 }))
  setRetention: Application['setRetention'] = (_actor, retention) =>
    this.#answer('setRetention', [retention], () => retention)
  exportTask: Application['exportTask'] = (_actor, ref) =>
    this.#answer('exportTask', [ref], () => ReadableStream.from([utf8('{}\n')]))
  eraseTask: Application['eraseTask'] = (_actor, ref, how) =>
    this.#answer('eraseTask', [ref, how], () => undefined)
  exportPerson: Application['exportPerson'] = (_actor, id) =>
    this.#answer('exportPerson', [id], () => ReadableStream.from([utf8('{}\n')]))
  erasePerson: Application['erasePerson'] = (_actor, id) => this.#answer('erasePerson', [id], () => undefined)
  listShares: Application['listShares'] = (_actor, ref) =>
    this.#answer('listShares', [ref], () => ({ items: [] }))
  shareTask: Application['shareTask'] = (_actor, ref, request) =>
    this.#answer('shareTask', [ref, request], () => ({
      share: { id: 'shr_00000000000000000001', createdBy: 'usr_a', createdAt: AT, expiresAt: AT, opened: 0 },
      url: 'http://localhost/share/x',
    }))
  revokeShare: Application['revokeShare'] = (_actor, ref, share) =>
    this.#answer('revokeShare', [ref, share], () => undefined)
  listSecrets: Application['listSecrets'] = (_actor, project) =>
    this.#answer('listSecrets', [project], () => ({ items: [] }))
  setSecret: Application['setSecret'] = (_actor, project, { name, content }) =>
    this.#answer('setSecret', [project, name], () => someSecret(name, content.length))
  removeSecret: Application['removeSecret'] = (_actor, project, secret) =>
    this.#answer('removeSecret', [project, secret], () => undefined)
  pruneSecret: Application['pruneSecret'] = (_actor, project, secret, keep) =>
    this.#answer('pruneSecret', [project, secret, keep], () => someSecret(secret.name, 8))
  rotateSecretKeys: Application['rotateSecretKeys'] = () =>
    this.#answer('rotateSecretKeys', [], () => ({ key: 'local:0000000000000000', rewrapped: 0 }))
  inspectPreserved: Application['inspectPreserved'] = (_actor, ref, request) =>
    this.#answer('inspectPreserved', [ref, request], () => ({
      ...{ exitCode: 0, cause: 'exited', seconds: 1, output: 'seen', cut: false },
    }))
  discardPreserved: Application['discardPreserved'] = (_actor, ref) =>
    this.#answer('discardPreserved', [ref], () => undefined)
  taskEgress: Application['taskEgress'] = (actor, ref) => this.#egress('taskEgress', actor, [ref])
  widenTask: Application['widenTask'] = (actor, ref, request) =>
    this.#egress('widenTask', actor, [ref, request])
  narrowTask: Application['narrowTask'] = (actor, ref, target) =>
    this.#egress('narrowTask', actor, [ref, target])
  projectEgress: Application['projectEgress'] = (actor, project) =>
    this.#egress('projectEgress', actor, [project])
  widenProject: Application['widenProject'] = (actor, project, request) =>
    this.#egress('widenProject', actor, [project, request])
  narrowProject: Application['narrowProject'] = (actor, project, target) =>
    this.#egress('narrowProject', actor, [project, target])
  #egress(name: string, _actor: Actor, input: unknown[]): Promise<Result<EgressView>> {
    return this.#answer(name, input, () => ({ requests: [], allowed: [] }))
  }
  listProviders: Application['listProviders'] = (_actor, page) =>
    this.#answer('listProviders', [page], () => ({ items: this.providers }))
  addProvider: Application['addProvider'] = (_actor, request) =>
    this.#answer('addProvider', [request], () => {
      const { key: _key, ...rest } = request
      const provider: ProviderView = { ...rest, source: 'stored', createdAt: AT }
      this.providers.push(provider)
      return provider
    })
  removeProvider: Application['removeProvider'] = (_actor, name) =>
    this.#answer('removeProvider', [name], () => undefined)
  providerOrder: Application['providerOrder'] = () =>
    this.#answer('providerOrder', [], () => ({ order: ['anthropic'] }))
  orderProviders: Application['orderProviders'] = (_actor, request) =>
    this.#answer('orderProviders', [request], () => request)
  exclusively: Application['exclusively'] = (_name, work) => work()
  mayBegin: Application['mayBegin'] = async () => ok(undefined)
  mayList: Application['mayList'] = async () => ok(undefined)
  listPolicies: Application['listPolicies'] = () =>
    this.#answer('listPolicies', [], () => ({ items: [NIGHT], sequence: 1, version: 'sha256:0' }))
  showPolicy: Application['showPolicy'] = (_actor, name) =>
    this.#answer('showPolicy', [name], () => ({ ...NIGHT, name }))
  previewPolicy: Application['previewPolicy'] = (_actor, change) =>
    this.#answer('previewPolicy', [change], () => PREVIEW)
  setPolicy: Application['setPolicy'] = (_actor, setting) =>
    this.#answer('setPolicy', [setting], () => PREVIEW)
  removePolicy: Application['removePolicy'] = (_actor, name, after) =>
    this.#answer('removePolicy', [name, after], () => PREVIEW)
  explainDecision: Application['explainDecision'] = (_actor, request) =>
    this.#answer('explainDecision', [request], () => ({
      action: request.action,
      effect: 'allow',
      risk: 'low',
      riskReasons: [],
      rules: [],
      facts: {},
      policyVersion: 'sha256:0',
    }))
  replayDecisions: Application['replayDecisions'] = (_actor, request) =>
    this.#answer('replayDecisions', [request], () => ({ asked: 0, complete: true, changed: [] }))
  listPeople: Application['listPeople'] = (_actor, page) =>
    this.#answer('listPeople', [page], () => ({ items: this.people }))
  listBudgets: Application['listBudgets'] = () => this.#answer('listBudgets', [], () => ({ items: [] }))
  setBudget: Application['setBudget'] = (_actor, request) =>
    this.#answer('setBudget', [request], () => ({ items: [] }))
  raiseBudget: Application['raiseBudget'] = (_actor, task, raise) =>
    this.#answer('raiseBudget', [task, raise], () => aTask(1))
  addPerson: Application['addPerson'] = (_actor, request) =>
    this.#answer('addPerson', [request], () => {
      const member: Member = { ...request, id: 'usr_00000000000000000009', createdAt: AT }
      this.people.push(member)
      return { member, token: `alk_${'0'.repeat(52)}` }
    })
  invitePerson: Application['invitePerson'] = (_actor, request) =>
    this.#answer('invitePerson', [request], () => {
      const invitation = { ...request, id: 'inv_00000000000000000001', createdAt: AT, expiresAt: AT }
      return { invitation, url: 'http://localhost:7411/auth/invitation/x' }
    })
  listInvitations: Application['listInvitations'] = () =>
    this.#answer('listInvitations', [], () => ({ items: [] }))
  revokeInvitation: Application['revokeInvitation'] = (_actor, id) =>
    this.#answer('revokeInvitation', [id], () => undefined)
  resetPassword: Application['resetPassword'] = (actor, person) =>
    this.#answer('resetPassword', [person], () => ({
      person: actor.person,
      url: 'http://localhost:7411/auth/reset/x',
      expiresAt: AT,
    }))
  listServiceAccounts: Application['listServiceAccounts'] = () =>
    this.#answer('listServiceAccounts', [], () => ({ items: [] }))
  createServiceAccount: Application['createServiceAccount'] = (_actor, request) =>
    this.#answer('createServiceAccount', [request], () => ({
      ...request,
      id: 'sva_00000000000000000001',
      createdAt: AT,
    }))
  removeServiceAccount: Application['removeServiceAccount'] = (_actor, id) =>
    this.#answer('removeServiceAccount', [id], () => undefined)
  listKeys: Application['listKeys'] = (_actor, everybody) =>
    this.#answer('listKeys', [everybody], () => ({ items: [] }))
  createKey: Application['createKey'] = (actor, { name }) =>
    this.#answer('createKey', [name], () => ({
      key: { id: 'tok_0', kind: 'key' as const, name, holder: actor.person.id, createdAt: AT },
      token: `alk_${'0'.repeat(52)}`,
    }))
  revokeKey: Application['revokeKey'] = (_actor, id) => this.#answer('revokeKey', [id], () => undefined)
  listIdentityProviders: Application['listIdentityProviders'] = () =>
    this.#answer('listIdentityProviders', [], () => ({ items: [] }))
  addIdentityProvider: Application['addIdentityProvider'] = (_actor, { id, kind, domain }) =>
    this.#answer('addIdentityProvider', [id], () => ({
      ...{ id, kind, issuer: 'https://id.example.org', domain, createdAt: AT },
      redirectUrl: 'http://localhost:7411/auth/engine/sso/callback/x',
    }))
  removeIdentityProvider: Application['removeIdentityProvider'] = (_actor, id) =>
    this.#answer('removeIdentityProvider', [id], () => undefined)
  removePerson: Application['removePerson'] = (_actor, person) =>
    this.#answer('removePerson', [person], () => undefined)
  auditEntries: Application['auditEntries'] = (_actor, page) =>
    this.#answer('auditEntries', [page], () => ({ items: [] }))
  auditCheckpoint: Application['auditCheckpoint'] = () =>
    this.#answer('auditCheckpoint', [], () => 'airlock/org_a\n0\n\n')
  auditExport: Application['auditExport'] = () => this.#answer('auditExport', [], () => bytesOf('{}\n'))
  status: Application['status'] = () =>
    this.#answer('status', [], () => ({
      version: '0.1.0',
      healthy: true,
      startedAt: AT,
      tasks: { queued: 0, active: 0, awaitingReview: 1 },
      providers: this.providers.length,
      host: [{ name: 'bubblewrap', status: 'ok' as const, finding: 'bwrap 0.8.0' }],
    }))
}

async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield utf8(text)
}

function someSecret(name: string, bytes: number): SecretView {
  const version = { version: 1, bytes, createdAt: AT }
  return { name, context: 'task', ...version, versions: [{ ...version, key: 'local:0000000000000000' }] }
}

function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value
}
