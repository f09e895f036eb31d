import { follow } from '#cli/follow.ts'
import { sessionOf } from '#cli/session.ts'
import type { GateReport } from '#contract/gate-report.ts'
import type { Task } from '#contract/task.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { client, type Demo, showCommand, type } from '../demo.ts'
import { DEMO_BUDGET, DEMO_INTENT, DEMO_REFUSALS, DEMO_SCOPE } from '../demo-script.ts'
import { INTERRUPTED } from '../interruption.ts'
import { FILES } from '../place.ts'

/** Asks for the fix, shows the work as it happens, and holds it against what the demo promises. */
export async function workOnTask(demo: Demo, model: string): Promise<Result<Task>> {
  const { narrator, cli } = demo
  const begun = narrator.begin(
    demo.realModel === undefined ? 'The agent works, and misbehaves' : 'The agent works',
    'You say what, where and for how much. What the agent tries beyond that is refused, by a named rule.',
  )
  if (!begun.ok) return begun
  const reached = await client(demo)
  if (!reached.ok) return reached
  const connected = await type(demo, 'project', 'add', FILES.remote)
  if (connected.exit !== 0) return refused(NOT_CONNECTED)
  const modelOption = demo.realModel === undefined ? [] : ['--model', model]
  const options = ['--project', PROJECT, '--scope', DEMO_SCOPE, '--budget', DEMO_BUDGET.text, ...modelOption]
  showCommand(demo, 'airlock', 'run', DEMO_INTENT, ...options)
  cli.screen.print('')
  const submitted = await reached.value.submit({
    intent: DEMO_INTENT,
    project: PROJECT,
    scope: { include: [DEMO_SCOPE], exclude: [] },
    model,
    budget: { microDollars: DEMO_BUDGET.microDollars },
  })
  if (!submitted.ok) return submitted
  const followed = await follow(sessionOf(cli, {}), reached.value, submitted.value)
  if (!followed.ok) return followed
  const { task, interrupted } = followed.value
  if (interrupted) return refused(INTERRUPTED)
  if (task.state !== 'awaiting_review') return refused(notFinished(task))
  cli.screen.print('')
  if (demo.realModel === undefined) keepPromises(demo, task)
  return ok(task)
}

function keepPromises({ narrator }: Demo, task: Task): void {
  const spoke = new Set(task.attempts.flatMap((attempt) => attempt.refusals.map((refusal) => refusal.rule)))
  const silent = DEMO_REFUSALS.filter((rule) => !spoke.has(rule))
  narrator.promise(
    silent.length === 0,
    silent.length === 0
      ? `${DEMO_REFUSALS.length} attacks, ${DEMO_REFUSALS.length} refusals`
      : `no refusal by ${silent.join(', ')}`,
  )
  const { fixed, added, before } = sumsOf(task.gates)
  narrator.promise(
    fixed === 1 && added === 0 && before === 2,
    `checks: ${fixed} failure fixed, ${added} new, ${before} that were there before and are not held against it`,
  )
}

function sumsOf(report: GateReport | undefined) {
  const gates = report?.gates ?? []
  const sum = (kind: 'new' | 'fixed' | 'preExisting') =>
    gates.reduce((total, gate) => total + gate[kind].length, 0)
  return { fixed: sum('fixed'), added: sum('new'), before: sum('preExisting') }
}

/** As `airlock project add` names it, from its address. */
const PROJECT = 'shop'

const NOT_CONNECTED = {
  code: 'repository_unreadable' as const,
  message: 'The sample repository was not connected.',
}

function notFinished(task: Task) {
  const { cause } = task
  return {
    code: cause?.code ?? ('agent_failed' as const),
    message: `The task did not come to a review (it is ${task.state}): ${cause?.message ?? 'no cause is known'}`,
    ...(cause?.remedy === undefined ? {} : { remedy: cause.remedy }),
  }
}
