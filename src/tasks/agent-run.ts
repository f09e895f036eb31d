import type { Agent } from '#agents/agent.ts'
import { BOUNDS } from '#contract/bounds.ts'
import type { Spend } from '#contract/budget.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { AgentEnding } from '#contract/task.ts'
import type { OpenLane } from '#gateway/gateway.ts'
import type { ModelChoice } from '#gateway/provider-directory.ts'
import { compileScope } from '#guards/scope.ts'
import { AirlockError, type Failure } from '#kernel/failure.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Grant } from '#policy/grant.ts'
import type { SandboxEnding } from '#sandbox/driver.ts'
import { sandboxEnvironment } from '#sandbox/environment.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { attemptByNumber, noteAttempt } from '#store/attempts.ts'
import { Lines } from './lines.ts'
import { sandboxed } from './sandboxed.ts'
import type { StepContext } from './step.ts'

/** How an agent's run went, from what the host saw and from what the agent claimed. */
export interface AgentRun {
  readonly ending: AgentEnding
  readonly spend: Spend
  readonly refusals: readonly Refusal[]
  readonly summary: string | undefined
  readonly failure: Failure | undefined
}

/** Runs the agent in its sandbox, with its lane to the model as the only way out. */
export async function runAgent(
  context: StepContext,
  workspace: Workspace,
  grant: Grant,
  agent: Agent,
  { provider, model }: ModelChoice,
): Promise<Result<AgentRun>> {
  const { workshop, task, tell } = context
  const attempt = await workshop.store.inOrganisation(task.organisation, (tx) =>
    attemptByNumber(tx, task.id, task.attempt),
  )
  if (attempt === undefined) throw new Error('a running task has an attempt')
  const refusals: Refusal[] = [...attempt.refusals]
  let summary: string | undefined
  let lastSign = workshop.clock()
  let lastStatus = 200
  const refuse = (refusal: Refusal) => {
    if (refusals.length < 200) refusals.push(refusal)
    tell({ kind: 'refusal', refusal })
  }
  const socketDirectory = workshop.lanePath()
  const lane = await workshop.gateway.open({
    attempt: attempt.id,
    directory: socketDirectory,
    provider,
    model,
    budget: task.budget,
    spent: attempt.spend,
    egress: [],
    onEvent: (event) => {
      if (event.kind === 'refusal') return refuse(event.refusal)
      tell(event)
      lastStatus = event.status
      keepSpend(context, attempt.id, event.total)
    },
  })
  const plan = agent.plan(
    { intent: task.intent, grant, ...(task.feedback === null ? {} : { feedback: task.feedback }) },
    { provider: provider.name, protocol: provider.protocol, name: model },
  )
  const lines = new Lines(BOUNDS.agentLine, (line) => {
    lastSign = workshop.clock()
    const report = agent.read(line)
    if (report?.kind === 'event') tell(report.body)
    if (report?.kind === 'refusal') refuse(report.refusal)
    if (report?.kind === 'finished') summary = report.summary
  })
  let idle = false
  try {
    const ended = await sandboxed(
      workshop,
      {
        phase: 'run',
        command: [
          workshop.runtime.node,
          `${workshop.runtime.guest}/src/sandbox/guest/with-relay.ts`,
          '--',
          ...plan.command,
        ],
        workingDirectory: '/workspace',
        environment: sandboxEnvironment('run', plan.environment),
        workspace: {
          source: workspace.path,
          target: '/workspace',
          writable: await writable(workshop, workspace, grant),
        },
        mounts: [...workshop.runtime.mounts, ...plan.mounts],
        socketDirectory,
        limits: { ...workshop.limits, seconds: task.budget.seconds },
        input: Buffer.from(plan.input),
        onOutput: (stream, chunk) => {
          if (stream === 'stdout') lines.push(chunk)
        },
      },
      context.signal,
      (kill) => {
        const silent = Math.min(lane.idleMilliseconds(), workshop.clock() - lastSign)
        if (silent < workshop.idleSeconds * 1_000) return
        idle = true
        kill()
      },
    )
    if (!ended.ok) return ended
    lines.end()
    return ok({
      ...endingOf(
        ended.value,
        lane,
        { idle, lastStatus, signal: context.signal },
        workshop.idleSeconds,
        task.budget.seconds,
      ),
      spend: lane.spent(),
      refusals,
      summary,
    })
  } finally {
    await lane.close()
  }
}

/** The exit code comes from inside: it chooses words, nothing rests on it. */
function endingOf(
  ended: SandboxEnding,
  lane: OpenLane,
  seen: { readonly idle: boolean; readonly lastStatus: number; readonly signal: AbortSignal },
  idleSeconds: number,
  seconds: number,
): { readonly ending: AgentEnding; readonly failure: Failure | undefined } {
  if (seen.signal.aborted) return { ending: 'cancelled', failure: undefined }
  if (seen.idle)
    return {
      ending: 'idle',
      failure: {
        code: 'agent_idle',
        rule: 'agent.idle',
        message: `The agent did nothing for ${idleSeconds} seconds and was stopped.`,
        remedy: 'Retry the task; look at the model provider if it happens again.',
      },
    }
  if (ended.cause === 'timed_out')
    return {
      ending: 'time',
      failure: {
        code: 'time_exhausted',
        rule: 'budget.seconds',
        message: `The agent used up its ${seconds} seconds.`,
        remedy: 'Give the task more time, or ask for less at once.',
      },
    }
  if (lane.exhausted())
    return {
      ending: 'budget',
      failure: {
        code: 'budget_exhausted',
        rule: 'budget.exhausted',
        message: 'The agent used up its budget.',
        remedy: 'Give the task a larger budget, or ask for less at once.',
      },
    }
  if (ended.cause === 'exited' && ended.exitCode === 0) return { ending: 'finished', failure: undefined }
  if (seen.lastStatus >= 400) return { ending: 'crashed', failure: providerFailure(seen.lastStatus) }
  const how = ended.cause === 'exited' ? `exit code ${ended.exitCode}` : ended.cause.replaceAll('_', ' ')
  return {
    ending: 'crashed',
    failure: {
      code: 'agent_failed',
      message: `The agent ended badly: ${how}.`,
      remedy: 'Look at its last messages, then retry the task.',
    },
  }
}

/** The last answer of the model provider was no answer: that is why the agent could not go on. */
function providerFailure(status: number): Failure {
  const unreachable = status >= 500
  return {
    code: unreachable ? 'provider_unreachable' : 'provider_refused',
    message: `The agent could not go on: the model provider ${unreachable ? 'could not be reached' : 'refused'} (${status}).`,
    remedy: 'Look at `airlock provider list` and at the provider, then retry the task.',
    details: { status },
  }
}

/** Directories of the scope are the only writable ones where the scope is made of directories. */
async function writable(
  workshop: StepContext['workshop'],
  workspace: Workspace,
  grant: Grant,
): Promise<'all' | readonly string[]> {
  const scope = compileScope(grant.scope, grant.protectedPaths)
  if (!scope.ok) throw new AirlockError(scope.failure)
  const directories = scope.value.directories()
  if (directories === undefined) return 'all'
  return (await workshop.workspaces.ensureDirectories(workspace, directories)) ? directories : 'all'
}

function keepSpend({ workshop, task }: StepContext, attempt: string, spend: Spend): void {
  workshop.store
    .inOrganisation(task.organisation, (tx) => noteAttempt(tx, attempt, { spend }))
    .catch((cause: unknown) => workshop.onProblem('the spend of an attempt could not be noted', cause))
}
