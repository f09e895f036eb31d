import type { Generated, Insertable, Selectable, Transaction } from 'kysely'
import type { Budget, Spend } from '#contract/budget.ts'
import type { EgressRule, EgressScheme } from '#contract/egress.ts'
import type { EventBody } from '#contract/event.ts'
import type { GateReport } from '#contract/gate-report.ts'
import type { ModelPolicy } from '#contract/model-policy.ts'
import type { FileChange, PatchSummary, UndoneChange } from '#contract/patch.ts'
import type { ProjectFile } from '#contract/project-file.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { Scope } from '#contract/scope.ts'
import type { AgentEnding, Person, Task, TaskState } from '#contract/task.ts'
import type { Failure } from '#kernel/failure.ts'
import type { Grant } from '#policy/grant.ts'
import type { Role } from '#policy/role.ts'
import type { Bytes, Json, Moment, Organisation } from './column-kinds.ts'
import type { ConfirmationsTable } from './confirmations-schema.ts'
import type { LogTextsTable } from './data-schema.ts'
import type { EnvironmentsTable, RoleBindingsTable, TeamMembersTable, TeamsTable } from './places-schema.ts'
import type { SecretsTable, SecretVersionsTable } from './secrets-schema.ts'
import type { ShareLinksTable } from './share-schema.ts'
import type {
  AccessTokensTable,
  IdentityProvidersTable,
  InvitationsTable,
  PasswordResetsTable,
  PersonIdentitiesTable,
  ServiceAccountsTable,
} from './sign-in-schema.ts'

/** A transaction of one organisation: it sees and writes that organisation's rows and no other's. */
export type Tx = Transaction<Tables>

export interface Tables {
  organisations: OrganisationsTable
  people: PeopleTable
  accessTokens: AccessTokensTable
  serviceAccounts: ServiceAccountsTable
  personIdentities: PersonIdentitiesTable
  invitations: InvitationsTable
  passwordResets: PasswordResetsTable
  identityProviders: IdentityProvidersTable
  teams: TeamsTable
  teamMembers: TeamMembersTable
  roleBindings: RoleBindingsTable
  projects: ProjectsTable
  environments: EnvironmentsTable
  tasks: TasksTable
  attempts: AttemptsTable
  events: EventsTable
  patches: PatchesTable
  gateReports: GateReportsTable
  gateBaseCache: GateBaseCacheTable
  approvals: ApprovalsTable
  publications: PublicationsTable
  evidence: EvidenceTable
  shareLinks: ShareLinksTable
  egressRequests: EgressRequestsTable
  egressAllowances: EgressAllowancesTable
  preservedWorkspaces: PreservedWorkspacesTable
  budgetLimits: BudgetLimitsTable
  budgetUse: BudgetUseTable
  budgetHolds: BudgetHoldsTable
  policies: PoliciesTable
  decisions: DecisionsTable
  confirmations: ConfirmationsTable
  secrets: SecretsTable
  secretVersions: SecretVersionsTable
  logTexts: LogTextsTable
  auditLog: AuditLogTable
  auditEntries: AuditEntriesTable
  auditNodes: AuditNodesTable
  auditCheckpoints: AuditCheckpointsTable
}

export interface OrganisationsTable {
  organisation: Organisation
  name: string
  taskCount: Generated<number>
  /** An IANA name, such as `Europe/Berlin`: where its hours and days are counted. */
  timeZone: Generated<string>
  /** After so many days a task at its end is erased; null for never. */
  taskDays: Generated<number | null>
  decisionDays: Generated<number>
  createdAt: Moment
}

export interface PeopleTable {
  organisation: Organisation
  id: string
  name: string
  email: string
  /** In the whole organisation. */
  role: Role
  roleChangedAt: Moment | null
  createdAt: Moment
  removedAt: Moment | null
}

export interface ProjectsTable {
  organisation: Organisation
  id: string
  name: string
  /** Never with credentials in it. */
  url: string
  defaultBranch: string | null
  protectedBranches: Json<readonly string[]>
  models: Json<ModelPolicy> | null
  /** Id of the team that looks after it. */
  team: string | null
  /** How much autonomous work may do, 0 to 3. */
  autonomy: Generated<number>
  createdAt: Moment
  /** Disconnected: known to its old tasks only. */
  removedAt: Moment | null
}

export interface TasksTable {
  organisation: Organisation
  id: string
  number: number
  project: string
  state: TaskState
  /** The current attempt's number. */
  attempt: number
  /** Attempts lost to a crash, over the whole task. */
  lost: Generated<number>
  /** Grows with every move; what a move compares before it sets. */
  version: Generated<number>
  eventCount: Generated<number>
  intent: string
  baseBranch: string
  baseCommit: string
  scope: Json<Scope>
  agent: string
  model: string
  budget: Json<Budget>
  requester: Json<Person>
  projectFile: Json<ProjectFile> | null
  grantDocument: Json<Grant> | null
  /** What a reviewer said for the next attempt. */
  feedback: string | null
  /** Id of the patch under review. */
  patch: string | null
  /** Id of the patch the current attempt builds upon. */
  onto: string | null
  /** Id of the approval that the task was moved to `approved` by. */
  approval: string | null
  cause: Json<Failure> | null
  publication: Json<NonNullable<Task['publication']>> | null
  erasedAt: Moment | null
  /** For how long its workspaces are kept for a look around; null for not at all. */
  preserveSeconds: number | null
  createdAt: Moment
  updatedAt: Moment
}

export interface AttemptsTable {
  organisation: Organisation
  id: string
  task: string
  number: number
  /** The last step of the pipeline that was reached: what a restart looks at. */
  step: string
  startedAt: Moment
  endedAt: Moment | null
  agentEnding: AgentEnding | null
  cause: Json<Failure> | null
  spend: Json<Spend>
  agentSummary: string | null
  refusals: Json<readonly Refusal[]>
  /** How often gate regressions went back to the agent. */
  iterations: Generated<number>
  /** How long the agent has run, over all iterations. */
  agentSeconds: Generated<number>
  /** What was planted for this attempt, to be watched for. */
  canaries: Json<readonly string[]> | null
}

export interface EventsTable {
  organisation: Organisation
  task: string
  sequence: number
  attempt: number
  at: Moment
  body: Json<EventBody>
}

export interface PatchesTable {
  organisation: Organisation
  id: string
  task: string
  attempt: number
  base: string
  tree: string
  digest: string
  size: number
  bytes: Bytes
  files: Json<readonly FileChange[]>
  undone: Json<readonly UndoneChange[]>
  origin: PatchSummary['origin']
  createdAt: Moment
}

export interface GateReportsTable {
  organisation: Organisation
  task: string
  patchDigest: string
  iteration: number
  report: Json<GateReport>
  createdAt: Moment
}

export interface GateBaseCacheTable {
  organisation: Organisation
  key: string
  run: Json<unknown>
  createdAt: Moment
}

export interface ApprovalsTable {
  organisation: Organisation
  id: string
  task: string
  /** The canonical JSON text that was signed, to the byte. */
  tuple: string
  envelope: Json<unknown>
  createdAt: Moment
  /** One of several, which lets nothing out by itself. */
  waits: Generated<boolean>
  /** By which way and when a part was given. */
  asked: Json<unknown> | null
  /** The version of the task that it was given on. */
  taskVersion: Generated<number>
}

export type PublicationState = 'intended' | 'done' | 'refused'

export interface PublicationsTable {
  organisation: Organisation
  approval: string
  task: string
  branch: string
  commit: string
  push: boolean
  state: PublicationState
  createdAt: Moment
  endedAt: Moment | null
}

export interface EvidenceTable {
  organisation: Organisation
  commit: string
  task: string
  bundle: string
  createdAt: Moment
}

export interface EgressRequestsTable {
  organisation: Organisation
  task: string
  target: string
  /** Of plain HTTP, else empty. */
  method: string
  path: string
  scheme: EgressScheme
  host: string
  port: number
  /** A command tried it, or airlock.yaml names it. */
  origin: 'setup' | 'project'
  times: number
  firstAt: Moment
  lastAt: Moment
}

export interface EgressAllowancesTable {
  organisation: Organisation
  id: string
  project: string
  /** Null where the whole project was allowed it. */
  task: string | null
  target: string
  rule: Json<EgressRule>
  reason: string
  allowedBy: Json<Person>
  allowedAt: Moment
  revokedAt: Moment | null
}

export interface PreservedWorkspacesTable {
  organisation: Organisation
  /** Also the name of its directory. */
  id: string
  task: string
  attempt: number
  /** Whose workspace it was: that of setup which failed, or of the agent. */
  phase: 'prepare' | 'run'
  preservedAt: Moment
  expiresAt: Moment
  destroyedAt: Moment | null
}

export interface BudgetLimitsTable {
  organisation: Organisation
  kind: 'organisation' | 'project' | 'person' | 'agent'
  owner: string
  period: 'day' | 'month'
  microDollars: number | null
  tokens: number | null
  requests: number | null
  setBy: Json<Person>
  setAt: Moment
}

export interface BudgetUseTable {
  organisation: Organisation
  /** `2026-01-31`, in UTC. */
  day: string
  project: string
  person: string
  agent: string
  microDollars: number
  tokens: number
  requests: number
}

export interface BudgetHoldsTable extends BudgetUseTable {
  id: string
  attempt: string
  usual: Json<Spend>
}

export interface PoliciesTable {
  organisation: Organisation
  sequence: number
  name: string
  text: string | null
  examples: string | null
  setBy: Json<Person>
  setAt: Moment
}

export interface DecisionsTable {
  organisation: Organisation
  id: string
  at: Moment
  action: string
  /** Without who asked. */
  question: Json<unknown>
  effect: string
}

export interface AuditLogTable {
  organisation: Organisation
  size: number
  frontier: Bytes
}

export interface AuditEntriesTable {
  organisation: Organisation
  index: number
  /** Read from the bytes, to find entries by; the bytes are what counts. */
  subject: string
  bytes: Bytes
  leafHash: Bytes
}

/** Roots of complete subtrees above the leaves: what proofs are cut from. */
export interface AuditNodesTable {
  organisation: Organisation
  level: number
  index: number
  hash: Bytes
}

export interface AuditCheckpointsTable {
  organisation: Organisation
  size: number
  note: string
  createdAt: Moment
}

export type TaskRow = Selectable<TasksTable>
export type NewTask = Omit<Insertable<TasksTable>, 'organisation' | 'number' | 'version' | 'eventCount'>
