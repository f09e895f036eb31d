import type { AgentEnding } from '#contract/task.ts'
import type { CanaryTrip } from '#gateway/outgoing/canary-trip.ts'
import type { Failure } from '#kernel/failure.ts'
import type { SandboxEnding } from '#sandbox/driver.ts'
import { canaryFailure } from './canary-trip.ts'

/** What the host saw of an agent's run besides how its sandbox ended. */
export interface Seen {
  readonly cancelled: boolean
  /** The first canary that turned up, if any did. */
  readonly canary?: CanaryTrip | undefined
  readonly idle: boolean
  /** False once the sockets of its lane were gone. */
  readonly reachable: boolean
  /** True once a model call was refused because the budget is gone. */
  readonly refusedForBudget: boolean
  /** True once no further call was possible: an agent that counts its calls stops without asking. */
  readonly requestsUsedUp: boolean
  /** HTTP status of its last model call. */
  readonly lastStatus: number
}

/** How the agent's phase ended and, unless it simply finished, why. The first cause that holds wins. */
export function agentEnding(
  ended: SandboxEnding,
  seen: Seen,
  allowed: { readonly seconds: number; readonly idleSeconds: number },
): { readonly ending: AgentEnding; readonly failure: Failure | undefined } {
  if (seen.canary) return { ending: 'canary', failure: canaryFailure(seen.canary) }
  if (seen.cancelled) return { ending: 'cancelled', failure: undefined }
  if (seen.idle) return { ending: 'idle', failure: idle(allowed.idleSeconds) }
  if (ended.cause === 'timed_out') return { ending: 'time', failure: outOfTime(allowed.seconds) }
  if (seen.refusedForBudget) return { ending: 'budget', failure: OUT_OF_BUDGET }
  // The exit code comes from inside: it chooses words, nothing rests on it.
  if (ended.cause === 'exited' && ended.exitCode === 0) return { ending: 'finished', failure: undefined }
  if (seen.requestsUsedUp) return { ending: 'budget', failure: OUT_OF_BUDGET }
  if (!seen.reachable) return { ending: 'crashed', failure: GATEWAY_LOST }
  if (seen.lastStatus >= 400) return { ending: 'crashed', failure: providerFailure(seen.lastStatus) }
  return { ending: 'crashed', failure: badEnd(ended) }
}

function idle(seconds: number): Failure {
  return {
    code: 'agent_idle',
    rule: 'agent.idle',
    message: `The agent did nothing for ${seconds} seconds and was stopped.`,
    remedy: 'Retry the task; look at the model provider if it happens again.',
  }
}

function outOfTime(seconds: number): Failure {
  return {
    code: 'time_exhausted',
    rule: 'budget.seconds',
    message: `The agent used up its ${seconds} seconds.`,
    remedy: 'Give the task more time, or ask for less at once.',
  }
}

const OUT_OF_BUDGET: Failure = {
  code: 'budget_exhausted',
  rule: 'budget.exhausted',
  message: 'The agent used up its budget.',
  remedy: 'Give the task a larger budget, or ask for less at once.',
}

const GATEWAY_LOST: Failure = {
  code: 'gateway_lost',
  message: 'The agent lost its way to the model: the sockets of its lane are gone.',
  remedy: "See that nothing cleans up Airlock's runtime directory, then retry the task.",
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

function badEnd({ cause, exitCode, detail }: SandboxEnding): Failure {
  const how = cause === 'exited' ? `exit code ${exitCode}` : cause.replaceAll('_', ' ')
  return {
    code: 'agent_failed',
    message: `The agent ended badly: ${how}.`,
    remedy: 'Look at its last messages, then retry the task.',
    ...(detail === undefined ? {} : { details: { detail } }),
  }
}
