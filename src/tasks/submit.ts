import { encodeEntry } from '#audit/entry.ts'
import { Budget } from '#contract/budget.ts'
import type { ProjectFile } from '#contract/project-file.ts'
import type { Task, TaskRequest } from '#contract/task.ts'
import type { Tip } from '#forge/repository.ts'
import { compileScope } from '#guards/scope.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import type { DecisionFacts } from '#policy/decide.ts'
import { appendEntries } from '#store/audit-log.ts'
import { json } from '#store/column.ts'
import { appendEvents } from '#store/events.ts'
import { holdProject, type ProjectRow, projectByReference, setDefaultBranch } from '#store/projects.ts'
import { taskView } from '#store/task-view.ts'
import { insertTask } from '#store/tasks.ts'
import { agentPackageFor, modelFor } from './agent-package.ts'
import { permitAt } from './may-begin.ts'
import { newestBase } from './newest-base.ts'
import { placeOfProject } from './place-of.ts'
import { preserveFailure } from './preserve-limit.ts'
import type { Workshop } from './workshop.ts'

/** Scope of a task when neither the request nor the project file names one. */
const WHOLE_REPOSITORY = { include: ['**'], exclude: [] }

/**
 * Takes a request for a change: reads the project's base and its configuration there, checks everything that can be
 * checked before anything runs, and queues the task. Nothing is written when anything is refused.
 */
export async function submitTask(
  workshop: Workshop,
  actor: Actor,
  request: TaskRequest,
): Promise<Result<Task>> {
  const project = await workshop.store.inOrganisation(actor.organisation, (tx) =>
    projectByReference(tx, request.project),
  )
  if (project === undefined) return refused(unknownProject(request.project))
  const place = {
    ...placeOfProject(project),
    readBy: 'project.list',
    absent: unknownProject(request.project),
  } as const
  const branch = request.baseBranch ?? project.defaultBranch
  const maySubmit = (more: DecisionFacts) =>
    permitAt(workshop, actor, 'task.submit', place, { agent: request.agent, ...more })
  const permitted = await maySubmit(branch === null ? {} : { branch })
  if (!permitted.ok) return permitted
  const tooLong = preserveFailure(workshop, request.preserveSeconds)
  if (tooLong !== undefined) return refused(tooLong)
  const agent = workshop.agents.named(request.agent)
  if (agent === undefined) return refused(unknownAgent(request.agent, workshop.agents.names))
  const choice = await modelFor(workshop.providers, agent, request.model, project.models ?? undefined)
  if (!choice.ok) return choice

  const found = await newestBase(workshop, project, request.baseBranch)
  if (!found.ok) return found
  const { tip, projectFile, defaultBranch } = found.value
  // What nobody named, or named in other letters, is known only now.
  const still = tip.branch === branch ? permitted : await maySubmit({ branch: tip.branch })
  if (!still.ok) return still
  const installed = await agentPackageFor(workshop, agent, projectFile)
  if (!installed.ok) return installed
  const scope = request.scope ?? projectFile.scope ?? WHOLE_REPOSITORY
  const compiled = compileScope(scope, projectFile.protected)
  if (!compiled.ok) return compiled

  const task = await store(workshop, actor, project, defaultBranch, {
    intent: request.intent,
    base: tip,
    scope,
    agent: agent.name,
    model: `${choice.value.provider.name}/${choice.value.model}`,
    budget: Budget.parse(withoutUndefined(request.budget)),
    projectFile,
    preserveSeconds: request.preserveSeconds ?? null,
  })
  return task
}

interface NewTaskFacts {
  readonly intent: string
  readonly base: Tip
  readonly scope: Task['scope']
  readonly agent: string
  readonly model: string
  readonly budget: Budget
  readonly projectFile: ProjectFile
  readonly preserveSeconds: number | null
}

function store(
  workshop: Workshop,
  actor: Actor,
  project: ProjectRow,
  defaultBranch: string,
  facts: NewTaskFacts,
): Promise<Result<Task>> {
  const at = instantOf(workshop.clock())
  return workshop.store.inOrganisation(actor.organisation, async (tx) => {
    // Reading the base took time, in which it may have been disconnected.
    if ((await holdProject(tx, project.id, 'work')) === undefined)
      return refused(unknownProject(project.name))
    if (project.defaultBranch !== defaultBranch) await setDefaultBranch(tx, project.id, defaultBranch)
    const row = await insertTask(tx, {
      id: newId('tsk', workshop.random),
      project: project.id,
      state: 'queued',
      attempt: 1,
      intent: facts.intent,
      baseBranch: facts.base.branch,
      baseCommit: facts.base.commit,
      scope: json(facts.scope),
      agent: facts.agent,
      model: facts.model,
      budget: json(facts.budget),
      requester: json(actor.person),
      projectFile: json(facts.projectFile),
      preserveSeconds: facts.preserveSeconds,
      createdAt: at,
      updatedAt: at,
    })
    await appendEvents(tx, {
      task: row.id,
      attempt: 1,
      events: [{ at, body: { kind: 'state', to: 'queued' } }],
    })
    await workshop.store.queue.enqueue(tx, { organisation: actor.organisation, task: row.id })
    await appendEntries(tx, [
      encodeEntry({
        version: 1,
        organisation: actor.organisation,
        at,
        actor: { kind: 'person', id: actor.person.id },
        action: 'task.submitted',
        subject: row.id,
        attempt: 1,
        data: {
          number: row.number,
          project: project.id,
          base: facts.base.commit,
          agent: facts.agent,
          model: facts.model,
        },
      }),
    ])
    return ok(await taskView(tx, row))
  })
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T
}

function unknownProject(reference: string) {
  return {
    code: 'not_found' as const,
    message: `There is no project ${reference}.`,
    remedy: 'See `airlock project list`, or connect one with `airlock project add`.',
  }
}

function unknownAgent(name: string, known: readonly string[]) {
  return {
    code: 'unknown_agent' as const,
    message: `There is no agent ${name}.`,
    remedy: `Use one of: ${known.join(', ')}.`,
  }
}
