import type {
  AuditRecord,
  Member,
  MemberRequest,
  NewMember,
  Page,
  PageRequest,
  Project,
  ProjectRequest,
  ProviderRequest,
  ProviderView,
  RetryRequest,
  SelectionRequest,
  ServerStatus,
  TaskQuery,
} from '#contract/api.ts'
import type { Confirmation } from '#contract/confirmation.ts'
import type { Retention, TaskErasure } from '#contract/data.ts'
import type { EgressTarget, EgressView, WideningRequest } from '#contract/egress.ts'
import type { TaskEvent } from '#contract/event.ts'
import type { ScanAnswer, ScanQuestion } from '#contract/guards.ts'
import type { ModelPolicy, ProviderOrder } from '#contract/model-policy.ts'
import type {
  ExplainRequest,
  Explanation,
  PolicyChange,
  PolicyList,
  PolicyPreview,
  PolicySetting,
  PolicyView,
  Replay,
  ReplayRequest,
} from '#contract/policy.ts'
import type { Inspection, InspectionRequest } from '#contract/preserved.ts'
import type { ApprovalRequest, RejectionRequest } from '#contract/review.ts'
import type { JustificationRequest } from '#contract/scan-report.ts'
import type { KeyRotation, SecretList, SecretPlace, SecretRequest, SecretView } from '#contract/secret.ts'
import type { NewShareLink, ShareLink, ShareRequest } from '#contract/share.ts'
import type { BudgetRaise, SharedBudget, SharedBudgetRequest } from '#contract/shared-budget.ts'
import type { Task, TaskRequest } from '#contract/task.ts'
import type { Result } from '#kernel/result.ts'
import type { ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import type { PlaceReference } from '#tasks/place-of.ts'
import type { AccessUseCases } from './access-use-cases.ts'
import type { PlaceUseCases } from './place-use-cases.ts'

/** A task's id, or its number within the actor's organisation. */
export type TaskRef = string

/** The exact bytes of a patch with the digest they hash to. */
export interface PatchBytes {
  readonly digest: string
  readonly bytes: Uint8Array
}

/** One of the secrets of a project that have this name. */
export type SecretReference = SecretPlace & { readonly name: string }

/** Told of each new event of one task, in order, after it is committed. Must not throw. */
export type EventListener = (event: TaskEvent) => void

/**
 * What the surfaces can ask for. Every use case is given the actor whose permission the surface has already checked;
 * rules that need the record itself (who asked for this change) are decided inside. Something of another organisation
 * is `not_found`, in the same words as something that never was.
 */
export interface Application extends PlaceUseCases, AccessUseCases {
  /** What the rules say of an action at a place before the request is read; what may not be seen there is `not_found`. */
  mayBegin(actor: Actor, action: ActionName, at: PlaceReference): Promise<Result<void>>
  /** The same of a list: may it be answered with what can be seen? */
  mayList(actor: Actor, action: ActionName): Promise<Result<void>>

  /** Work under one name goes on alone, on this server and on others at the same database. */
  exclusively<T>(name: string, work: () => Promise<Result<T>>): Promise<Result<T>>

  submitTask(actor: Actor, request: TaskRequest): Promise<Result<Task>>
  listTasks(actor: Actor, query: TaskQuery): Promise<Result<Page<Task>>>
  getTask(actor: Actor, task: TaskRef): Promise<Result<Task>>
  /** The current patch, or an earlier one of the same task by its digest. */
  diffOf(actor: Actor, task: TaskRef, patchDigest?: string): Promise<Result<PatchBytes>>
  /** Events with a sequence greater than `after`, oldest first, at most `limit`. */
  eventsAfter(
    actor: Actor,
    task: TaskRef,
    after: number,
    limit: number,
  ): Promise<Result<readonly TaskEvent[]>>
  /** Calls the listener until the returned function is called. */
  subscribe(actor: Actor, task: TaskRef, listener: EventListener): Promise<Result<() => void>>
  cancelTask(actor: Actor, task: TaskRef): Promise<Result<Task>>
  retryTask(actor: Actor, task: TaskRef, request: RetryRequest): Promise<Result<Task>>

  /** Runs one command over the kept workspace of a task, read-only and without a network. */
  inspectPreserved(actor: Actor, task: TaskRef, request: InspectionRequest): Promise<Result<Inspection>>
  /** Removes the kept workspace of a task at once. */
  discardPreserved(actor: Actor, task: TaskRef): Promise<Result<void>>

  approve(actor: Actor, task: TaskRef, request: ApprovalRequest): Promise<Result<Task>>
  reject(actor: Actor, task: TaskRef, request: RejectionRequest): Promise<Result<Task>>
  /** Lets one finding of the scan stand, with a reason that the approval signs. */
  justify(actor: Actor, task: TaskRef, request: JustificationRequest): Promise<Result<Task>>
  /** Refuses when the rules of the guards do not do what their examples say. */
  mayJudge(): Result<void>
  /** Looks at one file, of which nothing is kept. */
  scanText(actor: Actor, question: ScanQuestion): Promise<Result<ScanAnswer>>
  /** Makes a smaller patch and checks it again; refuses with `approval_void` when the patch is no longer that one. */
  selectFromPatch(actor: Actor, task: TaskRef, request: SelectionRequest): Promise<Result<Task>>
  /** Attaches the evidence of a pushed commit to it in the remote, as a git note. */
  attachEvidence(actor: Actor, task: TaskRef): Promise<Result<Task>>
  /** The signed evidence bundle of a commit, as JSON text that `airlock verify` reads offline. */
  evidenceOf(actor: Actor, commit: string): Promise<Result<string>>

  listShares(actor: Actor, task: TaskRef): Promise<Result<Page<ShareLink>>>
  /** Answers with the address, this once. */
  shareTask(actor: Actor, task: TaskRef, request: ShareRequest): Promise<Result<NewShareLink>>
  revokeShare(actor: Actor, task: TaskRef, share: string): Promise<Result<void>>

  listProjects(actor: Actor, page: PageRequest): Promise<Result<Page<Project>>>
  /** The project of that URL: made now, or the one that was there. */
  createProject(actor: Actor, request: ProjectRequest): Promise<Result<Project>>
  /** Of a project by id or name. */
  setProjectModels(actor: Actor, project: string, policy: ModelPolicy): Promise<Result<Project>>

  taskEgress(actor: Actor, task: TaskRef): Promise<Result<EgressView>>
  /** Opens a host to the setup of one task, from its next attempt on. */
  widenTask(actor: Actor, task: TaskRef, request: WideningRequest): Promise<Result<EgressView>>
  narrowTask(actor: Actor, task: TaskRef, target: EgressTarget): Promise<Result<EgressView>>
  projectEgress(actor: Actor, project: string): Promise<Result<EgressView>>
  /** Opens a host to the setup of the project's tasks where `airlock.yaml` names it. */
  widenProject(actor: Actor, project: string, request: WideningRequest): Promise<Result<EgressView>>
  narrowProject(actor: Actor, project: string, target: EgressTarget): Promise<Result<EgressView>>

  listSecrets(actor: Actor, project: string): Promise<Result<SecretList>>
  /** A new version of it. With `ifVersion` only over that one, 0 for none. */
  setSecret(
    actor: Actor,
    project: string,
    request: SecretRequest,
    ifVersion?: number,
  ): Promise<Result<SecretView>>
  removeSecret(actor: Actor, project: string, secret: SecretReference): Promise<Result<void>>
  /** Destroys all versions but the newest. */
  pruneSecret(
    actor: Actor,
    project: string,
    secret: SecretReference,
    keep: number,
  ): Promise<Result<SecretView>>
  /** Puts the secrets of the whole server under its newest key. */
  rotateSecretKeys(actor: Actor): Promise<Result<KeyRotation>>

  listProviders(actor: Actor, page: PageRequest): Promise<Result<Page<ProviderView>>>
  /** Stored only after a real call with the key succeeded. */
  addProvider(actor: Actor, request: ProviderRequest): Promise<Result<ProviderView>>
  removeProvider(actor: Actor, name: string): Promise<Result<void>>
  providerOrder(): Promise<Result<ProviderOrder>>
  orderProviders(actor: Actor, request: ProviderOrder): Promise<Result<ProviderOrder>>

  /** The budgets that tasks share. */
  listBudgets(actor: Actor): Promise<Result<Page<SharedBudget>>>
  /** Sets, replaces or (without any limit) removes one; answers with all there are then. */
  setBudget(actor: Actor, request: SharedBudgetRequest): Promise<Result<Page<SharedBudget>>>
  raiseBudget(actor: Actor, task: TaskRef, raise: BudgetRaise): Promise<Result<Task>>

  listPolicies(actor: Actor): Promise<Result<PolicyList>>
  showPolicy(actor: Actor, name: string): Promise<Result<PolicyView>>
  previewPolicy(actor: Actor, change: PolicyChange): Promise<Result<PolicyPreview>>
  /** Refuses with `conflict` when the policies changed after the change that the request names. */
  setPolicy(actor: Actor, setting: PolicySetting): Promise<Result<PolicyPreview>>
  removePolicy(actor: Actor, name: string, after: number): Promise<Result<PolicyPreview>>
  explainDecision(actor: Actor, request: ExplainRequest): Promise<Result<Explanation>>
  replayDecisions(actor: Actor, request: ReplayRequest): Promise<Result<Replay>>

  listPeople(actor: Actor, page: PageRequest): Promise<Result<Page<Member>>>
  addPerson(actor: Actor, request: MemberRequest): Promise<Result<NewMember>>
  removePerson(actor: Actor, person: string): Promise<Result<void>>

  listConfirmations(actor: Actor): Promise<Result<Page<Confirmation>>>
  /** As somebody who could do it themselves, and did not ask for it. */
  giveConfirmation(actor: Actor, id: string): Promise<Result<Confirmation>>

  retention(actor: Actor): Promise<Result<Retention>>
  setRetention(actor: Actor, retention: Retention): Promise<Result<Retention>>
  /** Everything kept of a task, as lines of JSON; of a person the same. */
  exportTask(actor: Actor, task: TaskRef): Promise<Result<AsyncIterable<Uint8Array>>>
  eraseTask(actor: Actor, task: TaskRef, how: TaskErasure): Promise<Result<void>>
  exportPerson(actor: Actor, person: string): Promise<Result<AsyncIterable<Uint8Array>>>
  /** Only of somebody who was removed before. */
  erasePerson(actor: Actor, person: string): Promise<Result<void>>

  auditEntries(actor: Actor, page: PageRequest): Promise<Result<Page<AuditRecord>>>
  /** The newest signed checkpoint, in the C2SP text format. */
  auditCheckpoint(actor: Actor): Promise<Result<string>>
  /** The whole log as bytes that `airlock audit verify` checks offline. */
  auditExport(actor: Actor): Promise<Result<AsyncIterable<Uint8Array>>>

  status(actor: Actor): Promise<Result<ServerStatus>>
}
