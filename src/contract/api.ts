import { z } from 'zod'
import { BOUNDS } from './bounds.ts'
import { TaskEvent } from './event.ts'
import { ModelPolicy } from './model-policy.ts'
import { PatchSelection } from './patch.ts'
import { PreserveSeconds } from './preserved.ts'
import { Task, TaskState } from './task.ts'

/** How every list is asked for: `cursor` is the `next` of the page before, opaque to the caller. */
export const PageRequest = z.strictObject({
  cursor: z.string().max(200).optional().describe('The `next` of the page before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})
export type PageRequest = z.infer<typeof PageRequest>

/** One page of a list; `next` is absent on the last. */
export function pageOf<T extends z.ZodType>(item: T, id: string) {
  return z.strictObject({ items: z.array(item), next: z.string().optional() }).meta({ id })
}

export interface Page<T> {
  items: T[]
  next?: string | undefined
}

export const TaskQuery = PageRequest.extend({
  state: TaskState.optional(),
  project: z.string().max(100).optional().describe('Id or name'),
})
export type TaskQuery = z.infer<typeof TaskQuery>

/** A task as a caller names it: its id, or the number people use. */
export const TaskReference = z
  .string()
  .regex(/^(tsk_[0-9a-hjkmnp-tv-z]{20}|[1-9][0-9]{0,8})$/, 'a task is named by its number or its tsk_… id')
  .meta({ description: "A task's id, or its number" })

export const TaskPage = pageOf(Task, 'TaskPage')
export const EventPage = pageOf(TaskEvent, 'EventPage')

/** Dropping files or hunks: bound to the patch that was on the reviewer's screen. */
export const SelectionRequest = PatchSelection.extend({
  patchDigest: z.string().max(100),
}).meta({ id: 'SelectionRequest' })
export type SelectionRequest = z.infer<typeof SelectionRequest>

export const ProjectName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, dots, dashes and underscores')

/** A project as a caller names it: its id, or its name. */
export const ProjectReference = z
  .string()
  .regex(
    /^(prj_[0-9a-hjkmnp-tv-z]{20}|[a-z0-9][a-z0-9._-]{0,63})$/,
    'a project is named by its name or its prj_… id',
  )
  .meta({ description: "A project's id, or its name" })

export const Project = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    url: z.string().describe('An absolute local path, or a git URL without credentials'),
    defaultBranch: z.string().optional(),
    protectedBranches: z.array(z.string()),
    models: ModelPolicy.optional().describe('Absent where every model of the installation may be used'),
    createdAt: z.string(),
  })
  .meta({ id: 'Project' })
export type Project = z.infer<typeof Project>
export const ProjectPage = pageOf(Project, 'ProjectPage')

/** How the host reaches a remote. Goes in and never comes out; agents and sandboxes never see it. */
export const RemoteCredential = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('password'),
      username: z.string().min(1).max(500),
      password: z.string().min(1).max(4_000).describe('Or an access token'),
    }),
    z.strictObject({
      kind: z.literal('ssh-key'),
      keyFile: z.string().min(1).max(1_000).describe('A private key on the machine of the server, mode 0600'),
      knownHostsFile: z.string().min(1).max(1_000).optional(),
    }),
  ])
  .meta({ id: 'RemoteCredential' })
export type RemoteCredential = z.infer<typeof RemoteCredential>

/** Asked twice with the same URL, the first project is returned again, with the new credential if one is given. */
export const ProjectRequest = z
  .strictObject({
    name: ProjectName.optional().describe('Taken from the URL unless given'),
    url: z.string().min(1).max(2_000),
    protectedBranches: z.array(z.string().min(1).max(250)).max(100).default([]),
    credential: RemoteCredential.optional(),
  })
  .meta({ id: 'ProjectRequest' })
export type ProjectRequest = z.infer<typeof ProjectRequest>

export const ModelProtocol = z.enum(['anthropic', 'openai-responses', 'openai-chat', 'gemini'])
export type ModelProtocol = z.infer<typeof ModelProtocol>

/** Hosts that offer a protocol in a way of their own. */
export const ModelService = z.enum(['azure', 'vertex'])
export type ModelService = z.infer<typeof ModelService>

/** A model provider. Its key goes in and never comes out. */
export const ProviderView = z
  .strictObject({
    name: z.string(),
    protocol: ModelProtocol,
    service: ModelService.optional(),
    baseUrl: z.string(),
    models: z.array(z.string()).describe('Empty means every model'),
    source: z.enum(['stored', 'environment']),
    createdAt: z.string().optional(),
  })
  .meta({ id: 'Provider' })
export type ProviderView = z.infer<typeof ProviderView>
export const ProviderPage = pageOf(ProviderView, 'ProviderPage')

export const ProviderName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes')

export const ProviderRequest = z
  .strictObject({
    name: ProviderName,
    protocol: ModelProtocol,
    baseUrl: z.url({ protocol: /^https?$/ }).max(500),
    service: ModelService.optional().describe('Left out by a host that takes the protocol as its maker does'),
    key: z
      .string()
      .max(10_000)
      .default('')
      .describe('Empty for a local model that wants none; for vertex, the JSON file of a service account'),
    models: z.array(z.string().min(1).max(200)).max(200).default([]),
  })
  .meta({ id: 'ProviderRequest' })
export type ProviderRequest = z.infer<typeof ProviderRequest>

export const RoleName = z
  .enum(['member', 'viewer', 'developer', 'maintainer', 'admin', 'owner'])
  .meta({ id: 'Role' })

export const Member = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: RoleName,
    createdAt: z.string(),
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>
export const MemberPage = pageOf(Member, 'MemberPage')

export const MemberRequest = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    email: z.email().max(320),
    role: RoleName.default('developer'),
  })
  .meta({ id: 'MemberRequest' })
export type MemberRequest = z.infer<typeof MemberRequest>

export const NewMember = z
  .strictObject({ member: Member, token: z.string().describe('Shown this once; only its hash is kept') })
  .meta({ id: 'NewMember' })
export type NewMember = z.infer<typeof NewMember>

export const WhoAmI = z
  .strictObject({
    person: z.strictObject({ id: z.string(), name: z.string(), email: z.string() }),
    role: RoleName,
    organisation: z.string(),
    permissions: z.array(z.string()).describe('In the whole organisation'),
    roles: z
      .array(z.strictObject({ role: RoleName, at: z.strictObject({ kind: z.string(), id: z.string() }) }))
      .describe('What you are at narrower places, and at the server, your teams included'),
  })
  .meta({ id: 'WhoAmI' })
export type WhoAmI = z.infer<typeof WhoAmI>

/** One leaf of the audit log. `entry` is the exact canonical text that was hashed, so a reader can check it. */
export const AuditRecord = z
  .strictObject({
    index: z.int().min(0),
    entry: z.string(),
    texts: z
      .record(z.string(), z.string())
      .optional()
      .describe('What people wrote and the entry names by a digest, unless it was erased'),
  })
  .meta({ id: 'AuditRecord' })
export type AuditRecord = z.infer<typeof AuditRecord>
export const AuditPage = pageOf(AuditRecord, 'AuditPage')

export const HostFinding = z
  .strictObject({
    name: z.string(),
    status: z.enum(['ok', 'weaker', 'missing']),
    finding: z.string(),
    remedy: z.string().optional(),
  })
  .meta({ id: 'HostFinding' })
export type HostFinding = z.infer<typeof HostFinding>

export const ServerStatus = z
  .strictObject({
    version: z.string(),
    healthy: z.boolean(),
    startedAt: z.string(),
    tasks: z.strictObject({
      queued: z.int(),
      active: z.int().describe('Preparing, running, checking, publishing'),
      awaitingReview: z.int(),
    }),
    providers: z.int(),
    host: z.array(HostFinding).describe('What this host supports, and what is weaker than it should be'),
  })
  .meta({ id: 'ServerStatus' })
export type ServerStatus = z.infer<typeof ServerStatus>

/** A refusal on the wire: RFC 9457 problem details carrying a Failure. */
export const Problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    rule: z.string().optional(),
    remedy: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

export const RetryRequest = z
  .strictObject({
    comment: z.string().trim().max(BOUNDS.commentCharacters).default(''),
    preserveSeconds: PreserveSeconds.optional().describe('As before unless given'),
  })
  .meta({ id: 'RetryRequest' })
export type RetryRequest = z.infer<typeof RetryRequest>
