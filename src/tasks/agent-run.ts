import type { Agent } from '#agents/agent.ts'
import { BOUNDS } from '#contract/bounds.ts'
import type { Budget, Spend } from '#contract/budget.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { AgentEnding } from '#contract/task.ts'
import type { ModelChoice } from '#gateway/choose-model.ts'
import type { CanaryTrip } from '#gateway/outgoing/canary-trip.ts'
import { createCanaryWatch } from '#guards/canary.ts'
import { compileScope } from '#guards/scope.ts'
import { AirlockError, type Failure } from '#kernel/failure.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Grant } from '#policy/grant.ts'
import type { ReadOnlyMount } from '#sandbox/driver.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { attemptByNumber } from '#store/attempts.ts'
import { taskById } from '#store/tasks.ts'
import { agentEnding } from './agent-ending.ts'
import { canariesOf, createLineWatch, plantedCanaries } from './canaries.ts'
import { canaryFailure, canaryRefusal } from './canary-trip.ts'
import { layDecoys } from './decoy-files.ts'
import { imageOf } from './image.ts'
import { Lines } from './lines.ts'
import { egressOf, labelledFeedback } from './reading.ts'
import { sandboxed } from './sandboxed.ts'
import { sharedBudgetsOf } from './shared-budgets.ts'
import { SpendNotes } from './spend-notes.ts'
import type { StepContext } from './step.ts'

/** How an agent's run went, from what the host saw and from what the agent claimed. */
export interface AgentRun {
  readonly ending: AgentEnding
  readonly spend: Spend
  /** Of this attempt, over all iterations. */
  readonly agentSeconds: number
  readonly refusals: readonly Refusal[]
  readonly summary: string | undefined
  readonly failure: Failure | undefined
  /** The first canary that turned up, if any did: then nothing of the run is kept. */
  readonly canary: CanaryTrip | undefined
}

/** How many refusals an attempt keeps. What an agent claims can fill half of it: it must not crowd out what the host saw. */
const MOST_REFUSALS = 200
const MOST_CLAIMED = 100
/** How long an agent without a budget may take to say its last words, in milliseconds. */
const WORDS_AFTER_BUDGET = 4_000

/** Runs the agent in its sandbox, with its lane to the model as the only way out. */
export async function runAgent(
  context: StepContext,
  workspace: Workspace,
  grant: Grant,
  { agent, mounts }: { readonly agent: Agent; readonly mounts: readonly ReadOnlyMount[] },
  { provider, model, standby }: ModelChoice,
): Promise<Result<AgentRun>> {
  const { workshop, task, tell } = context
  const attempt = await workshop.store.inOrganisation(task.organisation, (tx) =>
    attemptByNumber(tx, task.id, task.attempt),
  )
  if (attempt === undefined) throw new Error('a running task has an attempt')
  const refusals: Refusal[] = [...attempt.refusals]
  let summary: string | undefined
  let lastSign = workshop.stopwatch()
  let lastStatus = 200
  const refuse = (refusal: Refusal, most = MOST_REFUSALS) => {
    if (refusals.length < most) refusals.push(refusal)
    tell({ kind: 'refusal', refusal })
  }
  let claims = 0
  const claim = (refusal: Refusal) => {
    claims += 1
    if (claims <= MOST_CLAIMED) refuse(refusal, MOST_CLAIMED)
  }
  const image = await imageOf(context)
  if (!image.ok) return image
  // No grant gives an agent a way out today; one that would must still come through here.
  const kept = egressOf([], task, attempt)
  if (kept.refusal !== undefined) refuse(kept.refusal)
  const canaries = await canariesOf(context, attempt)
  const planted = plantedCanaries(canaries)
  const stop = new AbortController()
  let canary: CanaryTrip | undefined
  const trip = (found: CanaryTrip) => {
    if (canary !== undefined) return
    canary = found
    refuse(canaryRefusal(found))
    workshop.onProblem(`task ${task.number} let a canary out`, canaryFailure(found).message)
    stop.abort()
  }
  const plan = agent.plan(
    {
      intent: task.intent,
      grant,
      canary: canaries.instructions,
      feedback: labelledFeedback(workshop, task, attempt),
    },
    { provider: provider.name, protocol: provider.protocol, name: model },
  )
  const spending = new SpendNotes(context, attempt.id)
  const socketDirectory = workshop.lanePath()
  let budget = task.budget
  const lane = await workshop.gateway.open({
    attempt: attempt.id,
    directory: socketDirectory,
    provider,
    model,
    standby,
    budget,
    currentBudget: async () => {
      budget = await budgetNow(context)
      return budget
    },
    shared: sharedBudgetsOf(workshop, task, attempt.id),
    secrets: await workshop.secretsOf(task.organisation, task.project),
    canaries: planted,
    onCanary: trip,
    spent: attempt.spend,
    egress: [],
    routes: kept.routes,
    onEvent: (event) => {
      if (event.kind === 'refusal') return refuse(event.refusal)
      tell(event)
      if (event.kind === 'budget') return
      lastStatus = event.status
      spending.note(event.total)
    },
  })
  const read = agent.reader()
  const look = createLineWatch(createCanaryWatch(planted), (sighting) =>
    trip({ ...sighting, where: 'what the agent says or does' }),
  )
  const lines = new Lines(BOUNDS.agentLine, (line) => {
    lastSign = workshop.stopwatch()
    look(line)
    if (canary !== undefined) return
    for (const report of read(line)) {
      if (report.kind === 'event') tell(report.body)
      if (report.kind === 'refusal') claim(report.refusal)
      if (report.kind === 'finished') summary = report.summary
    }
  })
  let idle = false
  let reachable = true
  const decoys = await layDecoys(workshop, canaries)
  try {
    const ended = await sandboxed(
      workshop,
      {
        ...taskCommand('run', workshop.runtime, plan.command, {
          ...plan,
          image: image.value,
          mounts: [...plan.mounts, ...mounts, ...decoys.mounts],
        }),
        workspace: {
          source: workspace.path,
          target: '/workspace',
          writable: await writable(context, workspace, grant),
        },
        socketDirectory,
        limits: { ...workshop.limits, seconds: Math.max(1, task.budget.seconds - attempt.agentSeconds) },
        input: Buffer.from(plan.input),
        onOutput: (stream, chunk) => {
          if (stream === 'stdout') lines.push(chunk)
        },
      },
      AbortSignal.any([context.signal, stop.signal]),
      (kill) => {
        const quiet = workshop.stopwatch() - lastSign
        const silent = lane.retrying() ? lane.idleMilliseconds() : Math.min(lane.idleMilliseconds(), quiet)
        idle ||= !lane.exhausted() && silent >= workshop.idleSeconds * 1_000
        reachable &&= lane.reachable()
        const over = lane.exhausted() && lane.idleMilliseconds() >= WORDS_AFTER_BUDGET
        if (idle || over || !reachable) kill()
      },
    )
    if (!ended.ok) return ended
    lines.end()
    const seen = {
      cancelled: context.signal.aborted,
      canary,
      idle,
      reachable: reachable && lane.reachable(),
      refusedForBudget: lane.exhausted(),
      requestsUsedUp: lane.spent().requests >= budget.requests,
      lastStatus,
    }
    const allowed = { seconds: task.budget.seconds, idleSeconds: workshop.idleSeconds }
    return ok({
      ...agentEnding(ended.value, seen, allowed),
      spend: lane.spent(),
      agentSeconds: attempt.agentSeconds + ended.value.seconds,
      refusals,
      summary,
      canary,
    })
  } finally {
    await lane.close()
    await decoys.remove()
    await spending.written()
  }
}

/** The budget of the task as it is now: somebody may have raised it meanwhile. */
async function budgetNow({ workshop, task }: StepContext): Promise<Budget> {
  const now = await workshop.store.inOrganisation(task.organisation, (tx) => taskById(tx, task.id))
  return now?.budget ?? task.budget
}

/** Directories of the scope are the only writable ones where the scope is made of directories. */
async function writable(
  { workshop, tell }: StepContext,
  workspace: Workspace,
  grant: Grant,
): Promise<'all' | readonly string[]> {
  const scope = compileScope(grant.scope, grant.protectedPaths)
  if (!scope.ok) throw new AirlockError(scope.failure)
  const directories = scope.value.directories()
  if (directories === undefined) return 'all'
  if (await workshop.workspaces.ensureDirectories(workspace, directories)) return directories
  tell({
    kind: 'step',
    step: 'scope',
    note: 'A directory of the scope stands on a link or a file: the whole workspace is writable, and the import alone holds the scope.',
  })
  return 'all'
}
