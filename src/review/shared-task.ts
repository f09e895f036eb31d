import type { SharedTask } from '#contract/share.ts'
import type { Task } from '#contract/task.ts'

/** Longer ones are fetched by somebody who may sign in. */
const LONGEST_DIFF_BYTES = 2 * 1024 * 1024

interface Beside {
  /** The project's name; its address is nobody's business. */
  readonly project: string
  readonly diff: Uint8Array | undefined
  readonly expiresAt: string
}

/**
 * A task as somebody outside sees it. Only what is named here is shown: what is added to tasks later stays inside until
 * it is added here too.
 */
export function sharedTask(task: Task, { project, diff, expiresAt }: Beside): SharedTask {
  const attempt = task.attempts.at(-1)
  const { publication } = task
  return {
    number: task.number,
    project,
    intent: task.intent,
    state: task.state,
    base: task.base,
    agent: task.agent,
    model: task.model,
    requester: task.requester.name,
    createdAt: task.createdAt,
    updatedAt: task.updatedAt,
    microDollars: task.attempts.reduce((sum, { spend }) => sum + spend.microDollars, 0),
    attempts: task.attempts.length,
    ...(attempt?.agentSummary === undefined ? {} : { agentSummary: attempt.agentSummary }),
    refusals: attempt?.refusals ?? [],
    files: task.patch?.files ?? [],
    ...(task.risk === undefined ? {} : { risk: task.risk }),
    gates: (task.gates?.gates ?? []).map((gate) => ({
      name: gate.name,
      verdict: gate.verdict,
      new: gate.new.length,
      fixed: gate.fixed.length,
    })),
    findings: (task.gates?.scan?.findings ?? []).map(({ rule, path, line, justified }) => ({
      rule,
      path,
      line,
      justified: justified !== undefined,
    })),
    ...(publication === undefined
      ? {}
      : {
          publication: {
            branch: publication.branch,
            commit: publication.commit,
            pushed: publication.pushed,
            approver: publication.approver.name,
          },
        }),
    ...(diff === undefined || diff.byteLength > LONGEST_DIFF_BYTES
      ? {}
      : { diff: Buffer.from(diff).toString('utf8') }),
    expiresAt,
  }
}
