import { NOTHING_SPENT } from '#contract/budget.ts'
import type { Refusal } from '#contract/refusal.ts'
import { maskedLines } from '#guards/secrets/mask.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import { AskedHosts } from './asked-hosts.ts'
import { imageOf } from './image.ts'
import { Lines } from './lines.ts'
import { preserve } from './preserve.ts'
import { sandboxed } from './sandboxed.ts'
import type { SetupEgress } from './setup-egress.ts'
import { NO_SECRETS, refuseLeftSecrets, type SetupSecrets, setupSecrets } from './setup-secrets.ts'
import type { StepContext } from './step.ts'

/** With which network the setup runs, and over what: the base alone, or what the agent made of it as well. */
export interface SetupTerms {
  readonly egress: SetupEgress
  readonly of: 'base' | 'patch'
}

/**
 * Runs the project's setup commands in `prepare` sandboxes, one each, over one workspace. Only the setup of the base may
 * ask people for more of the network: over a patch it is the agent who would ask. What a failed one leaves is kept for a look
 * around where the task asks for it.
 */
export async function runSetup(
  context: StepContext,
  workspace: Workspace,
  terms: SetupTerms,
): Promise<Result<void>> {
  // Over a patch what the agent wrote may run: it sees no secret.
  const secrets = terms.of === 'base' ? await setupSecrets(context, workspace) : ok(NO_SECRETS)
  if (!secrets.ok) return secrets
  try {
    const done = await runCommands(context, workspace, terms, secrets.value)
    const clean = await refuseLeftSecrets(context, workspace, secrets.value)
    if (done.ok && clean.ok) return done
    if (terms.of === 'base') await keepFailed(context, workspace, clean)
    return done.ok ? clean : done
  } finally {
    await secrets.value.remove()
  }
}

/** Whoever may look around in a task may not be told the secrets of its project. */
async function keepFailed(context: StepContext, workspace: Workspace, clean: Result<void>): Promise<void> {
  if (clean.ok) return preserve(context, workspace, 'prepare')
  if (context.task.preserveSeconds === null) return
  context.tell({ kind: 'step', step: 'preserve', note: `Not kept: ${clean.failure.message}` })
}

async function runCommands(
  context: StepContext,
  workspace: Workspace,
  { egress, of }: SetupTerms,
  secrets: SetupSecrets,
): Promise<Result<void>> {
  const { workshop, task, tell } = context
  const refusals: Refusal[] = []
  const asked = new AskedHosts(context)
  if (of === 'base') asked.await(egress.waiting)
  const directory = workshop.lanePath()
  const lane = await workshop.gateway.open({
    attempt: `${task.id}-setup`,
    directory,
    provider: undefined,
    model: undefined,
    budget: task.budget,
    spent: NOTHING_SPENT,
    egress: egress.presets,
    routes: egress.routes,
    secrets: secrets.known,
    ...(of === 'base' ? { widenCommand: `airlock widen ${task.number}` } : {}),
    onEvent: (event) => {
      if (event.kind !== 'refusal') return tell(event)
      refusals.push(event.refusal)
      tell({ kind: 'refusal', refusal: event.refusal })
      if (event.asked !== undefined) asked.note(event.asked)
    },
  })
  try {
    for (const command of task.projectFile?.setup ?? []) {
      const done = await runSetupCommand(context, workspace, directory, { command, secrets }, refusals)
      if (!done.ok) return done
    }
    return ok(undefined)
  } finally {
    await lane.close()
    await asked.write()
  }
}

async function runSetupCommand(
  context: StepContext,
  workspace: Workspace,
  socketDirectory: string,
  { command, secrets }: { readonly command: string; readonly secrets: SetupSecrets },
  refusals: readonly Refusal[],
): Promise<Result<void>> {
  const { workshop, signal, tell } = context
  const image = await imageOf(context)
  if (!image.ok) return image
  const last: string[] = []
  const lines = new Lines(2_000, (line) => {
    last.push(line)
    if (last.length > 30) last.shift()
  })
  const ended = await sandboxed(
    workshop,
    {
      ...taskCommand('prepare', workshop.runtime, ['/bin/sh', '-c', command], {
        image: image.value,
        mounts: secrets.mounts,
      }),
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
    details: {
      output: maskedLines(last, secrets.known).slice(-15),
      ...(refusal === undefined ? {} : { refused: refusal.what }),
    },
  })
}
