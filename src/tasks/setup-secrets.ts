import { encodeEntry } from '#audit/entry.ts'
import { dresses, type KnownSecret } from '#guards/secrets/known-value.ts'
import { piecesOf } from '#guards/secrets/secret-file.ts'
import type { Failure } from '#kernel/failure.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { ReadOnlyMount } from '#sandbox/driver.ts'
import { mountSecrets, SECRETS_TARGET } from '#sandbox/secret-mount.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import type { Workspace } from '#sandbox/workspace/workspaces.ts'
import type { OpenedSecret } from '#secrets/vault.ts'
import { appendEntries } from '#store/audit-log.ts'
import { projectById } from '#store/projects.ts'
import { noteSecretUse } from '#store/secrets.ts'
import { SYSTEM } from './move.ts'
import { sandboxed } from './sandboxed.ts'
import type { StepContext } from './step.ts'

/** The secret files that a setup sees, and what of them must be seen nowhere else. */
export interface SetupSecrets {
  readonly mounts: readonly ReadOnlyMount[]
  readonly known: readonly KnownSecret[]
  remove(): Promise<void>
}

export const NO_SECRETS: SetupSecrets = { mounts: [], known: [], remove: async () => undefined }

/** Shows a setup the files that airlock.yaml of the base names, and writes down that it did. Refuses when one was never stored. */
export async function setupSecrets(
  context: StepContext,
  workspace: Workspace,
): Promise<Result<SetupSecrets>> {
  const { workshop, task } = context
  const names = task.projectFile?.secrets ?? []
  if (names.length === 0) return ok(NO_SECRETS)
  const wanted = { project: task.project, context: 'task', environment: null, names } as const
  const files = await workshop.vault.open(task.organisation, wanted)
  try {
    const absent = names.filter((name) => !files.some((file) => file.name === name))
    if (absent.length > 0) return refused(await notStored(context, absent))
    await noteUse(context, files)
    const { mount, remove } = await mountSecrets(workshop.lanePath(), files, workspace.owner)
    const known = files.flatMap(({ name, content }) =>
      piecesOf(`secret ${name}`, Buffer.from(content).toString('utf8')),
    )
    return ok({ mounts: [mount], known, remove })
  } finally {
    for (const { content } of files) content.fill(0)
  }
}

/** Before anything sees them: who had what is known even if this process ends here. */
async function noteUse({ workshop, task }: StepContext, files: readonly OpenedSecret[]): Promise<void> {
  const at = instantOf(workshop.clock())
  await workshop.store.inOrganisation(task.organisation, async (tx) => {
    for (const { id, version } of files)
      await noteSecretUse(tx, id, { version, at, task: task.number, by: task.requester })
    await appendEntries(tx, [
      encodeEntry({
        version: 1,
        organisation: task.organisation,
        at,
        actor: SYSTEM,
        action: 'secret.used',
        subject: task.project,
        attempt: task.attempt,
        data: {
          task: task.id,
          for: task.requester.id,
          versions: Object.fromEntries(files.map(({ name, version }) => [name, version])),
        },
      }),
    ])
  })
}

/** Looks through what setup made, by a program of the host's in a sandbox without a network, for any of the secrets. */
export async function refuseLeftSecrets(
  { workshop, signal }: StepContext,
  workspace: Workspace,
  { known }: SetupSecrets,
): Promise<Result<void>> {
  const needles = known.flatMap(({ value }) => spellings(value))
  if (needles.length === 0) return ok(undefined)
  const said: Uint8Array[] = []
  const { runtime } = workshop
  const program = `${runtime.guest}/src/sandbox/guest/find-texts.ts`
  const ended = await sandboxed(
    workshop,
    {
      ...taskCommand('prepare', runtime, [runtime.node, program]),
      workspace: { source: workspace.path, target: '/workspace', writable: 'none' },
      limits: { ...workshop.limits, outputBytes: 256 * 1024 },
      input: Buffer.from(JSON.stringify([...new Set(needles)])),
      onOutput: (stream, chunk) => {
        if (stream === 'stdout') said.push(Uint8Array.prototype.slice.call(chunk))
      },
    },
    signal,
  )
  if (!ended.ok) return ended
  const { cause, exitCode } = ended.value
  if (cause !== 'exited' || exitCode !== 0) return refused(NOT_LOOKED_THROUGH)
  const found = Buffer.concat(said).toString('utf8').split('\0').filter(Boolean)
  return found.length === 0 ? ok(undefined) : refused(left(found, needles))
}

const COMMON_DRESSES = ['', 'in base64', 'encoded for an address', 'escaped as JSON']

function spellings(value: string): string[] {
  return dresses(value).flatMap(([dressed, dress]) => (COMMON_DRESSES.includes(dress) ? [dressed] : []))
}

async function notStored({ workshop, task }: StepContext, absent: readonly string[]): Promise<Failure> {
  const project = await workshop.store.inOrganisation(task.organisation, (tx) =>
    projectById(tx, task.project),
  )
  return {
    code: 'setup_failed',
    rule: 'secrets.absent',
    message: `Setup wants the secret ${absent.join(', ')}, which nobody has stored for this project.`,
    remedy: `An admin stores it: airlock secret set ${project?.name ?? task.project} ${absent[0]} < FILE; then retry the task.`,
    details: { absent },
  }
}

/** A path may itself be the secret: then it is not told. */
function left(found: readonly string[], needles: readonly string[]): Failure {
  const files = found.map((path) =>
    needles.some((needle) => path.includes(needle)) ? '(a name that holds it)' : path.slice(0, 300),
  )
  return {
    code: 'setup_failed',
    rule: 'secrets.left',
    message: 'Setup left a secret in the workspace, where the agent would find it.',
    remedy: `Let the tool read it from ${SECRETS_TARGET} alone (npm ci --userconfig ${SECRETS_TARGET}/npmrc), or remove the file at the end of setup.`,
    details: { files },
  }
}

const NOT_LOOKED_THROUGH: Failure = {
  code: 'setup_failed',
  rule: 'secrets.left',
  message: 'What setup made could not be looked through for its secrets.',
  remedy: 'Let setup leave no files that it cannot read itself, and retry the task.',
}
