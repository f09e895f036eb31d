import { StringDecoder } from 'node:string_decoder'
import type { Inspection, InspectionRequest } from '#contract/preserved.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import type { PreservedRow } from '#store/preserved-workspaces.ts'
import type { TaskRow } from '#store/schema.ts'
import { imageOf } from './image.ts'
import { logAction } from './log-action.ts'
import { destroyPreserved, standingPreserved } from './preserve.ts'
import { findTask } from './reference.ts'
import { sandboxed } from './sandboxed.ts'
import type { Workshop } from './workshop.ts'

const MOST_OUTPUT = 1024 * 1024
const SECONDS = 120
/** Looking around must leave the machine to the tasks. */
const MOST_AT_ONCE = 2
const running = new WeakMap<Workshop, number>()

/**
 * Looks around in a kept workspace: one command in a new check sandbox, which shows it read-only and has no network. What the
 * agent left there may run; it meets the same walls as a gate, and changes nothing.
 */
export async function inspectPreserved(
  workshop: Workshop,
  actor: Actor,
  reference: string,
  { command }: InspectionRequest,
): Promise<Result<Inspection>> {
  const found = await keptBy(workshop, actor, reference)
  if (!found.ok) return found
  const { task, row } = found.value
  const others = running.get(workshop) ?? 0
  if (others >= MOST_AT_ONCE) return refused(BUSY)
  running.set(workshop, others + 1)
  try {
    await workshop.store.inOrganisation(actor.organisation, (tx) =>
      logAction(tx, workshop.clock, actor, 'sandbox.inspected', task.id, {
        command: command.join(' ').slice(0, 500),
      }),
    )
    return await lookAround(workshop, { task, row }, command)
  } finally {
    running.set(workshop, (running.get(workshop) ?? 1) - 1)
  }
}

/** A person has seen enough: the kept workspace goes at once. */
export async function discardPreserved(
  workshop: Workshop,
  actor: Actor,
  reference: string,
): Promise<Result<void>> {
  const found = await keptBy(workshop, actor, reference)
  if (!found.ok) return found
  const { task, row } = found.value
  await destroyPreserved(workshop, actor.organisation, row, (tx) =>
    logAction(tx, workshop.clock, actor, 'sandbox.destroyed', task.id, { why: 'asked' }),
  )
  return ok(undefined)
}

async function keptBy(
  workshop: Workshop,
  actor: Actor,
  reference: string,
): Promise<Result<{ readonly task: TaskRow; readonly row: PreservedRow }>> {
  const task = await findTask(workshop.store, actor.organisation, reference)
  if (!task.ok) return task
  const row = await workshop.store.inOrganisation(actor.organisation, (tx) =>
    standingPreserved(tx, workshop, task.value),
  )
  return row === undefined ? refused(notKept(task.value)) : ok({ task: task.value, row })
}

async function lookAround(
  workshop: Workshop,
  { task, row }: { readonly task: TaskRow; readonly row: PreservedRow },
  [program = '', ...args]: readonly string[],
): Promise<Result<Inspection>> {
  const { signal } = new AbortController()
  const image = await imageOf({ workshop, task, signal })
  if (!image.ok) return image
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') }
  let output = ''
  const ended = await sandboxed(
    workshop,
    {
      ...taskCommand('check', workshop.runtime, [program, ...args], { image: image.value }),
      workspace: { source: workshop.preserved.pathOf(row.id), target: '/workspace', writable: 'none' },
      limits: { ...workshop.limits, seconds: SECONDS, outputBytes: MOST_OUTPUT },
      onOutput: (stream, chunk) => {
        output += decoders[stream].write(Buffer.from(chunk))
      },
    },
    signal,
  )
  if (!ended.ok) return ended
  const { exitCode, cause, seconds, outputCut: cut } = ended.value
  return ok({ exitCode, cause, seconds, output: output + decoders.stdout.end() + decoders.stderr.end(), cut })
}

const BUSY = {
  code: 'conflict' as const,
  rule: 'sandbox.inspect',
  message: 'Others are looking around right now.',
  remedy: `Try again; ${MOST_AT_ONCE} commands run at once, each for ${SECONDS} seconds at most.`,
}

function notKept({ number, preserveSeconds }: TaskRow) {
  return {
    code: 'not_found' as const,
    rule: 'sandbox.preserve',
    message: `No workspace of task ${number} is kept.`,
    remedy:
      preserveSeconds === null
        ? `Keep that of the next attempt: airlock retry ${number} --preserve 2h`
        : 'Its time is over, it was destroyed, or no attempt has come so far.',
  }
}
