import { NOTHING_SPENT } from '#contract/budget.ts'
import type { Refusal } from '#contract/refusal.ts'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import type { Pristine, Workspace } from '#sandbox/workspace/workspaces.ts'
import { Lines } from './lines.ts'
import { tierFailure } from './required-tier.ts'
import { sandboxed } from './sandboxed.ts'
import type { StepContext } from './step.ts'

/**
 * The base commit as every sandbox of the task first sees it: checked out and set up, read-only, made once and kept. The
 * setup commands run with the registries of the project file and without any agent; then the network is gone. Every step
 * with a sandbox begins here, so it is here that a weaker sandbox than required is refused: a server may have been started
 * anew with another one in the middle of a task.
 */
export async function preparedBase(context: StepContext): Promise<Result<Pristine>> {
  const { workshop, task } = context
  const tooWeak = tierFailure(task.projectFile?.sandbox?.require, workshop.driver.tier)
  if (tooWeak !== undefined) return refused(tooWeak)
  const checkout = await checkedOut(context)
  if (!checkout.ok) return checkout
  const setup = task.projectFile?.setup ?? []
  if (setup.length === 0) return checkout

  const key = preparedKey(context)
  const kept = await workshop.workspaces.find(key)
  if (kept !== undefined) return ok(kept)
  const workspace = await workshop.workspaces.copyOf(checkout.value)
  try {
    const done = await runSetup(context, workspace)
    if (!done.ok) return done
    return ok(await workshop.workspaces.promote(workspace, key))
  } finally {
    await workshop.workspaces.remove(workspace)
  }
}

async function checkedOut({ workshop, task }: StepContext): Promise<Result<Pristine>> {
  const repository = await workshop.repositoryOf(task.project)
  let filled: Result<void> = ok(undefined)
  const pristine = await workshop.workspaces.pristine(
    `${task.project}-${task.baseCommit}`,
    async (directory) => {
      filled = await repository.materialise(task.baseCommit, directory)
      return filled.ok
    },
  )
  if (pristine !== undefined) return ok(pristine)
  return filled.ok ? refused({ code: 'internal', message: 'The base could not be checked out.' }) : filled
}

function preparedKey({ workshop, task }: StepContext): string {
  const recipe = { setup: task.projectFile?.setup ?? [], egress: task.projectFile?.egress ?? [] }
  const digest = digestOf(canonicalJson({ ...recipe, toolchain: workshop.toolchain }))
  return `${task.project}-${task.baseCommit}-${digest.slice(7, 23)}`
}

/** Runs the project's setup commands in `prepare` sandboxes, one each, over one workspace. */
export async function runSetup(context: StepContext, workspace: Workspace): Promise<Result<void>> {
  const { workshop, task, tell } = context
  const refusals: Refusal[] = []
  const directory = workshop.lanePath()
  const lane = await workshop.gateway.open({
    attempt: `${task.id}-setup`,
    directory,
    provider: undefined,
    model: undefined,
    budget: task.budget,
    spent: NOTHING_SPENT,
    egress: task.projectFile?.egress ?? [],
    onEvent: (event) => {
      if (event.kind === 'refusal') refusals.push(event.refusal)
      tell(event)
    },
  })
  try {
    for (const command of task.projectFile?.setup ?? []) {
      const done = await runSetupCommand(context, workspace, directory, command, refusals)
      if (!done.ok) return done
    }
    return ok(undefined)
  } finally {
    await lane.close()
  }
}

async function runSetupCommand(
  { workshop, signal, tell }: StepContext,
  workspace: Workspace,
  socketDirectory: string,
  command: string,
  refusals: readonly Refusal[],
): Promise<Result<void>> {
  const { runtime } = workshop
  const last: string[] = []
  const lines = new Lines(2_000, (line) => {
    last.push(line)
    if (last.length > 30) last.shift()
  })
  const ended = await sandboxed(
    workshop,
    {
      ...taskCommand('prepare', runtime, ['/bin/sh', '-c', command]),
      workspace: { source: workspace.path, target: '/workspace', writable: 'all' },
      socketDirectory,
      limits: workshop.limits,
      onOutput: (_, chunk) => lines.push(chunk),
    },
    signal,
  )
  lines.end()
  if (!ended.ok) return ended
  const { exitCode, seconds, cause } = ended.value
  tell({ kind: 'command', command, exitCode, seconds, phase: 'prepare' })
  if (cause === 'exited' && exitCode === 0) return ok(undefined)
  const refusal = refusals.at(-1)
  return refused({
    code: 'setup_failed',
    message: `The setup command failed (${cause === 'exited' ? `exit code ${exitCode}` : cause.replaceAll('_', ' ')}): ${command}`,
    remedy:
      refusal?.remedy ??
      'Try the command in a clean clone; name its registries under `egress` in airlock.yaml.',
    details: { output: last.slice(-15), ...(refusal === undefined ? {} : { refused: refusal.what }) },
  })
}
