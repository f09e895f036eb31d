import type { ReportedFinding } from '#contract/scan-report.ts'
import type { Failure } from '#kernel/failure.ts'
import { type Weighed, whoFor } from '#policy/quorum.ts'
import type { TaskRow } from '#store/schema.ts'

export function nothingToApprove({ number, state }: TaskRow): Failure {
  return {
    code: 'wrong_state',
    rule: 'task.life',
    message: `Task ${number} has nothing to approve: it is ${state.replaceAll('_', ' ')}.`,
    remedy: 'Wait until it awaits review.',
  }
}

export function anotherPatch({ number }: TaskRow, asked: string, current: string): Failure {
  return {
    code: 'approval_void',
    rule: 'approval.exact',
    message: 'The patch is not any more the one you looked at.',
    remedy: `Review task ${number} again.`,
    details: { asked, current },
  }
}

export function findingsOpen({ number }: TaskRow, open: readonly ReportedFinding[]): Failure {
  const first = open[0]
  return {
    code: 'findings_open',
    rule: 'scan.fixed_or_justified',
    message: `The scan found ${open.length} ${open.length === 1 ? 'thing' : 'things'} in this patch that nobody mended or justified${first === undefined ? '' : `: ${first.path}:${first.line} ${first.rule}`}.`,
    remedy: `Send it back, drop the hunk, or say why it may stand: airlock justify ${number} ${first?.fingerprint.slice(7, 19) ?? '<finding>'} --reason "…"`,
    details: { findings: open.map(({ fingerprint }) => fingerprint) },
  }
}

export function messageMissing(): Failure {
  return {
    code: 'invalid_input',
    rule: 'approval.message',
    message: 'There is no message for the commit.',
    remedy: 'Give one: only where others approved this patch before, theirs is taken.',
  }
}

export function canaryInMessage(): Failure {
  return {
    code: 'canary_tripped',
    rule: 'canary.tripped',
    message: 'The message or the branch holds a canary: words of the agent that must not leave.',
    remedy: 'Write the message yourself, and look again at what the agent was told.',
  }
}

export function twice({ number }: TaskRow, weighed: readonly Weighed[]): Failure {
  const waits = weighed
    .filter(({ missing }) => missing > 0)
    .map(({ claim, missing }) => `${missing} more of ${whoFor(claim)} (${claim.rule})`)
  return {
    code: 'conflict',
    rule: 'approval.once',
    message: `You approved this patch of task ${number} already, and one person counts once.`,
    remedy: `It waits for ${waits.join(', and ')}.`,
  }
}

export function changed({ number }: TaskRow): Failure {
  return {
    code: 'conflict',
    rule: 'task.version',
    message: `Task ${number} changed while this was being done.`,
    remedy: 'Look at it again, then try once more.',
  }
}
