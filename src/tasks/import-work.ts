import type { UndoneChange } from '#contract/patch.ts'
import { cleanTree } from '#forge/clean-tree.ts'
import { enforceScope } from '#forge/enforce-scope.ts'
import { ignoreRulesOf } from '#forge/ignore-rules.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { withoutSetupChanges } from '#forge/without-setup-changes.ts'
import type { CanaryTrip } from '#gateway/outgoing/canary-trip.ts'
import { compileScope } from '#guards/scope.ts'
import { digestOf } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import { importResult } from '#sandbox/import-result.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { attemptByNumber, noteAttempt } from '#store/attempts.ts'
import { insertPatch } from '#store/patches.ts'
import type { AgentRun } from './agent-run.ts'
import { watchFor } from './canaries.ts'
import { canaryInWork } from './canary-in-work.ts'
import { canaryFailure, canaryRefusal, logTrip } from './canary-trip.ts'
import type { StepContext, StepOutcome } from './step.ts'

/**
 * Takes what the agent left into the host's own repository: as objects, cleaned, cut to the scope, then as one patch.
 * `afterSetup` is the tree before the agent came: what setup itself had changed is not the agent's.
 */
export async function importWork(
  context: StepContext,
  workspace: Workspace,
  afterSetup: string,
  ran: AgentRun,
): Promise<StepOutcome> {
  const { workshop, task, tell } = context
  if (ran.canary !== undefined) return tripped(context, ran, ran.canary)
  const repository = await workshop.repositoryOf(task.project)
  tell({ kind: 'step', step: 'import', note: 'Taking in what the agent made' })
  const made = await changeOf(context, workspace, afterSetup, repository)
  if (!made.ok) return ended(context, ran, 'failed', made.failure)
  const { tree, undone } = made.value
  const patch = await repository.patch(task.baseCommit, tree)
  if (!patch.ok) return ended(context, ran, 'failed', patch.failure)
  if (patch.value.files.length === 0) return ended(context, ran, ...nothing(ran, undone))
  const attempt = await attemptOf(context)
  const work = { base: task.baseCommit, tree, patch: patch.value }
  const trip = await canaryInWork(watchFor(attempt), repository, work)
  if (trip !== undefined) {
    const refusal = canaryRefusal(trip)
    tell({ kind: 'refusal', refusal })
    workshop.onProblem(`task ${task.number} let a canary out`, canaryFailure(trip).message)
    return tripped(context, { ...ran, refusals: [...ran.refusals, refusal] }, trip)
  }

  const id = newId('pat', workshop.random)
  const digest = digestOf(patch.value.bytes)
  tell({ kind: 'patch', patch: digest, files: patch.value.files.length, undone: undone.length })
  return {
    command: { name: 'check', patch: digest, ending: ran.ending },
    columns: { patch: id },
    also: async (tx) => {
      await note(context, ran)(tx, task)
      await insertPatch(tx, {
        id,
        task: task.id,
        attempt: task.attempt,
        base: task.baseCommit,
        tree,
        digest,
        bytes: patch.value.bytes,
        files: patch.value.files,
        undone,
        origin: 'agent',
        createdAt: instantOf(workshop.clock()),
      })
    },
  }
}

/** The tree a workspace holds, in the host's repository; nothing of it is cleaned yet. */
export async function treeIn(
  { workshop, task, signal }: StepContext,
  workspace: Workspace,
  repository: TrustedRepository,
): Promise<Result<{ readonly tree: string; readonly undone: readonly UndoneChange[] }>> {
  const imported = await importResult(workshop.driver, {
    workspace,
    baseTree: await repository.treeOf(task.baseCommit),
    ignoreRules: await ignoreRulesOf(repository, task.baseCommit),
    scratchDirectory: workshop.scratchDirectory,
    limits: workshop.limits,
    random: workshop.random,
    signal,
  })
  if (!imported.ok) return imported
  const { tree, pack, undone } = imported.value
  if (pack === undefined) return ok({ tree, undone })
  const adopted = await repository.adopt(pack, tree)
  return adopted.ok ? ok({ tree, undone }) : adopted
}

async function changeOf(
  context: StepContext,
  workspace: Workspace,
  afterSetup: string,
  repository: TrustedRepository,
): Promise<Result<{ readonly tree: string; readonly undone: readonly UndoneChange[] }>> {
  const { task } = context
  const scope = compileScope(task.scope, task.projectFile?.protected ?? [])
  if (!scope.ok) return scope
  const found = await treeIn(context, workspace, repository)
  if (!found.ok) return found
  const base = await repository.treeOf(task.baseCommit)
  const own = await withoutSetupChanges(repository, base, afterSetup, found.value.tree)
  const clean = await cleanTree(repository, base, own)
  const inScope = await enforceScope(repository, base, clean.tree, scope.value)
  return ok({ tree: inScope.tree, undone: [...found.value.undone, ...clean.undone, ...inScope.undone] })
}

/** An agent that was stopped with nothing to show has stopped the task; one that had its time has changed nothing. */
function nothing(ran: AgentRun, undone: readonly UndoneChange[]): ['failed' | 'stopped', Failure] {
  if (ran.failure !== undefined) return [ran.ending === 'crashed' ? 'failed' : 'stopped', ran.failure]
  return [
    'failed',
    {
      code: 'nothing_changed',
      message:
        undone.length === 0
          ? 'The agent changed nothing.'
          : `Everything the agent changed was undone (${undone.length} ${undone.length === 1 ? 'change' : 'changes'}).`,
      remedy:
        undone.length === 0
          ? 'Say more exactly what should change.'
          : 'Widen the scope, or ask for something within it.',
      details: { undone: undone.slice(0, 20).map(({ path, rule }) => ({ path, rule })) },
    },
  ]
}

function ended(context: StepContext, ran: AgentRun, as: 'failed' | 'stopped', failure: Failure): StepOutcome {
  return { command: { name: 'end', as, failure }, also: note(context, ran) }
}

/** Nothing of the work is kept: whoever steered the agent may have written it. */
function tripped(context: StepContext, ran: AgentRun, trip: CanaryTrip): StepOutcome {
  const log = logTrip(context, trip)
  const outcome = ended(context, { ...ran, ending: 'canary' }, 'stopped', canaryFailure(trip))
  return {
    ...outcome,
    also: async (tx, task) => {
      await outcome.also?.(tx, task)
      await log(tx)
    },
  }
}

function attemptOf({ workshop, task }: StepContext) {
  return workshop.store.inOrganisation(task.organisation, (tx) => attemptByNumber(tx, task.id, task.attempt))
}

function note({ task }: StepContext, ran: AgentRun): NonNullable<StepOutcome['also']> {
  return async (tx) => {
    const attempt = await attemptByNumber(tx, task.id, task.attempt)
    if (attempt === undefined) return
    await noteAttempt(tx, attempt.id, {
      step: 'import',
      spend: ran.spend,
      agentSeconds: ran.agentSeconds,
      agentEnding: ran.ending,
      agentSummary: ran.summary,
      refusals: ran.refusals,
    })
  }
}
