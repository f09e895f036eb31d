import { gateReportDigest } from '#audit/statement.ts'
import type { GateReport } from '#contract/gate-report.ts'
import { openFindings } from '#contract/scan-report.ts'
import type { BaseCache } from '#gates/base-cache.ts'
import { examine } from '#gates/examine.ts'
import { regressionFeedback } from '#gates/feedback.ts'
import { GateRun } from '#gates/gate-run.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Pristine } from '#sandbox/workspace/workspaces.ts'
import { attemptByNumber, noteAttempt } from '#store/attempts.ts'
import { cacheBaseRun, cachedBaseRun, saveGateReport } from '#store/gate-reports.ts'
import { type PatchRow, patchById } from '#store/patches.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { withCarriedJustifications } from '../carried-justifications.ts'
import { changesDependencies } from '../dependencies.ts'
import { gateRunner } from '../gate-sandbox.ts'
import { toolchainOf } from '../image.ts'
import { layPatch } from '../lay-patch.ts'
import { preparedBase } from '../prepared.ts'
import { runSetup } from '../run-setup.ts'
import { scanFeedback } from '../scan-feedback.ts'
import { scanOf } from '../scan-of.ts'
import { egressWords, setupEgress } from '../setup-egress.ts'
import { failed, type Step, type StepContext, type StepOutcome } from '../step.ts'
import { tamperingOf } from '../tampering-of.ts'

/**
 * checking → awaiting_review, or back to running: the gates run on the base and on base + patch, in sandboxes the agent
 * never saw, and what it wrote is scanned. Only what the patch broke or brought in goes back to the agent, as long as its budget
 * lasts.
 */
export const check: Step = async (context) => {
  const { workshop, task } = context
  const patch = await currentPatch(context)
  const base = await preparedBase(context)
  if (!base.ok) return failed(base.failure)
  const examined = await examinePatch(context, patch, base.value)
  if (!examined.ok) return failed(examined.failure)
  const report = examined.value
  const save: NonNullable<StepOutcome['also']> = (tx) =>
    saveGateReport(tx, task.id, report, instantOf(workshop.clock()))

  const feedback = await feedbackFor(context, patch, report)
  if (feedback !== undefined)
    return {
      reviewerPatch: patch.origin === 'reviewer',
      command: {
        name: 'iterate',
        regressions:
          report.gates.reduce((sum, gate) => sum + gate.new.length, 0) + openFindings(report).length,
      },
      columns: { feedback, onto: patch.id },
      also: async (tx, row) => {
        await save(tx, row)
        await countIteration(tx, row)
      },
    }
  return {
    command: { name: 'await_review', gates: gateReportDigest(report), verdict: report.verdict },
    also: save,
  }
}

async function currentPatch({ workshop, task }: StepContext): Promise<PatchRow> {
  const { patch: id } = task
  const patch =
    id === null
      ? undefined
      : await workshop.store.inOrganisation(task.organisation, (tx) => patchById(tx, id))
  if (patch === undefined) throw new Error('a task that is being checked has a patch')
  return patch
}

async function examinePatch(
  context: StepContext,
  patch: PatchRow,
  base: Pristine,
): Promise<Result<GateReport>> {
  const { workshop, task, tell, signal } = context
  const repository = await workshop.repositoryOf(task.project)
  const tampering = await tamperingOf(repository, patch)
  const scan = await scanOf(context, repository, patch, tampering)
  if (!scan.ok) return scan
  const report = await examine({
    gates: task.projectFile?.gates ?? [],
    runBase: gateRunner(context, async () => ok(base)),
    runResult: gateRunner(
      context,
      once(() => patchedBase(context, patch, base)),
    ),
    base: {
      tree: await repository.treeOf(task.baseCommit),
      image: toolchainOf(context),
      setup: [...(task.projectFile?.setup ?? []), ...egressWords(await setupEgress(context))],
    },
    cache: storedCache(context),
    patch: patch.digest,
    iteration: await iterationOf(context),
    tampering,
    onEvent: tell,
    signal,
  })
  return ok({ ...report, scan: await withCarriedJustifications(context, repository, patch, scan.value) })
}

/** Base + patch, set up again where the patch changed what is to be installed. */
async function patchedBase(context: StepContext, patch: PatchRow, base: Pristine): Promise<Result<Pristine>> {
  const { workspaces } = context.workshop
  const workspace = await workspaces.copyOf(base)
  try {
    const laid = await layPatch(context, workspace, patch.id)
    if (!laid.ok) return laid
    if (changesDependencies(patch.files)) {
      const done = await runSetup(context, workspace, { egress: await setupEgress(context), of: 'patch' })
      if (!done.ok) return done
    }
    return ok(await workspaces.promote(workspace, `${base.key}+${patch.digest}`))
  } finally {
    await workspaces.remove(workspace)
  }
}

function storedCache({ workshop, task }: StepContext): BaseCache {
  const { store, clock } = workshop
  return {
    get: (key) =>
      store.inOrganisation(
        task.organisation,
        async (tx) => GateRun.safeParse(await cachedBaseRun(tx, key)).data,
      ),
    put: (key, run) =>
      store.inOrganisation(task.organisation, (tx) => cacheBaseRun(tx, key, run, instantOf(clock()))),
  }
}

/** How often this attempt's work has been examined before: 0 on the first time. */
async function iterationOf({ workshop, task }: StepContext): Promise<number> {
  const attempt = await workshop.store.inOrganisation(task.organisation, (tx) =>
    attemptByNumber(tx, task.id, task.attempt),
  )
  return attempt?.iterations ?? 0
}

/** What goes back to the agent: regressions and findings of its own finished work, while iterations and budget last. */
async function feedbackFor(
  { workshop, task }: StepContext,
  patch: PatchRow,
  report: GateReport,
): Promise<string | undefined> {
  const feedback = [regressionFeedback(report), scanFeedback(report)]
    .filter((text) => text !== '')
    .join('\n\n')
  if (feedback === '' || patch.origin !== 'agent') return undefined
  if (report.iteration >= task.budget.iterations) return undefined
  const attempt = await workshop.store.inOrganisation(task.organisation, (tx) =>
    attemptByNumber(tx, task.id, task.attempt),
  )
  if (attempt?.agentEnding !== 'finished' || attempt.agentSeconds >= task.budget.seconds) return undefined
  return feedback
}

async function countIteration(tx: Tx, task: TaskRow): Promise<void> {
  const attempt = await attemptByNumber(tx, task.id, task.attempt)
  if (attempt !== undefined) await noteAttempt(tx, attempt.id, { iterations: attempt.iterations + 1 })
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
