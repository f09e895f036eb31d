import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'
import type { Clock, Stopwatch } from '#kernel/instant.ts'
import { createBudgetNotice } from './budget-notice.ts'
import { type Candidate, createCandidates } from './candidates.ts'
import { PUBLIC_INTERNET } from './egress/internet.ts'
import { egressPolicy } from './egress/policy.ts'
import { createEgressProxy, EGRESS_LIMITS, type EgressLimits, type Internet } from './egress/proxy.ts'
import { openEndpoint } from './endpoints/open-endpoint.ts'
import type { Gateway, Lane, OpenLane, Provider } from './gateway.ts'
import { listenIn, makeLaneDirectory, removeLaneDirectory } from './lane-directory.ts'
import { createLaneEvents, type LaneEvents } from './lane-events.ts'
import { amountsIn, createLedger } from './ledger.ts'
import { answerModelRequest, type CallOutcome, type ModelLane, refuseModelRequest } from './model-lane.ts'
import {
  createModelServer,
  MODEL_SERVER_LIMITS,
  type ModelServer,
  type ServerLimits,
} from './model-server.ts'
import { createLaneGuard } from './outgoing/lane-guard.ts'
import type { Prices } from './prices.ts'
import { PROTOCOLS } from './protocols/by-name.ts'
import { createBodyReader } from './read-body.ts'
import { withShared } from './shared-budgets.ts'
import { createUpstreams, UPSTREAM_TIMEOUTS, type Upstreams, type UpstreamTimeouts } from './upstream.ts'

export interface GatewayOptions {
  readonly stopwatch: Stopwatch
  readonly clock: Clock
  readonly prices: Prices
  /** The group of the sandboxes, where they run under a user of their own. */
  readonly sandboxGroup?: number
  readonly internet?: Internet
  readonly upstreamTimeouts?: Partial<UpstreamTimeouts>
  readonly modelLimits?: Partial<ServerLimits & { body: number }>
  readonly egressLimits?: Partial<EgressLimits>
}

/** The gateway of zone 1: opens one socket directory per attempt and is the only way out of a sandbox. */
export function createGateway(options: GatewayOptions): Gateway {
  const upstreams = createUpstreams({ ...UPSTREAM_TIMEOUTS, ...options.upstreamTimeouts })
  const open = new Set<OpenLane>()
  return {
    async open(lane) {
      const opened = await openLane(lane, options, upstreams)
      open.add(opened)
      return {
        ...opened,
        async close() {
          open.delete(opened)
          await opened.close()
        },
      }
    },
    async close() {
      await Promise.all([...open].map((lane) => lane.close()))
      await upstreams.close()
    },
  }
}

async function openLane(lane: Lane, options: GatewayOptions, upstreams: Upstreams): Promise<OpenLane> {
  const use = createUse(options.stopwatch)
  const events: LaneEvents = createLaneEvents(lane, (tried) => guard.look(tried, 'what it tried to reach'))
  const guard = createLaneGuard(lane.secrets ?? [], lane.canaries ?? [], events)
  const notice = createBudgetNotice(lane.directory, events.budget)
  const own = createLedger(lane.budget, lane.spent, {
    ...(lane.currentBudget === undefined ? {} : { current: lane.currentBudget }),
    onSpent: (spent, budget) => notice.note('the task', budget, amountsIn(spent)),
  })
  const ledger = withShared(own, lane.shared, notice.note)
  const model = modelServer(lane, options, upstreams, { ledger, events, guard }, use)
  const egress = createEgressProxy(
    egressPolicy(lane.egress, lane.routes, lane.widenCommand),
    options.internet ?? PUBLIC_INTERNET,
    { ...EGRESS_LIMITS, ...options.egressLimits },
    events.refusal,
    use.touch,
  )
  const close = async () => {
    await Promise.all([model.stop(), egress.stop()])
    await Promise.all([lane.shared?.settled(), notice.written()])
    await removeLaneDirectory(lane.directory)
  }
  let closing: Promise<void> | undefined
  const closeOnce = () => {
    closing ??= close()
    return closing
  }
  await makeLaneDirectory(lane.directory, options.sandboxGroup)
  try {
    await listenIn(lane.directory, 'model.sock', model.server)
    await listenIn(lane.directory, 'egress.sock', egress.server)
    notice.note('the task', lane.budget, amountsIn(lane.spent))
    await notice.written()
  } catch (error) {
    await closeOnce()
    throw error
  }
  return {
    spent: ledger.spent,
    exhausted: use.exhausted,
    reachable: () => existsSync(join(lane.directory, 'model.sock')),
    idleMilliseconds: use.idleMilliseconds,
    retrying: use.retrying,
    close: closeOnce,
  }
}

function modelServer(
  lane: Lane,
  options: GatewayOptions,
  upstreams: Upstreams,
  { ledger, events, guard }: Pick<ModelLane, 'ledger' | 'events' | 'guard'>,
  use: ReturnType<typeof createUse>,
): ModelServer {
  const { provider, model } = lane
  const limits = { ...MODEL_SERVER_LIMITS, ...options.modelLimits }
  if (!provider)
    return createModelServer((req, res) => {
      use.touch()
      refuseModelRequest(PROTOCOLS.anthropic, events, req, res)
    }, limits)
  const modelLane = {
    provider,
    model,
    ledger,
    events,
    guard,
    upstreams,
    candidates: createCandidates(candidatesOf(lane, provider, options), options.stopwatch),
    protocol: PROTOCOLS[provider.protocol],
    prices: options.prices,
    stopwatch: options.stopwatch,
    readBody: createBodyReader(options.modelLimits?.body),
    onExhausted: use.exhaust,
  }
  return createModelServer(
    (req, res, signal) => use.during(() => answerModelRequest(modelLane, req, res, signal)),
    limits,
  )
}

/** The provider of the lane and those that stand by. Throws `invalid_configuration` for one that cannot be asked. */
function candidatesOf(lane: Lane, provider: Provider, options: GatewayOptions): readonly Candidate[] {
  const all = [{ provider, model: lane.model }, ...(lane.standby ?? [])]
  return all.map((each) => {
    const endpoint = openEndpoint(each.provider, options.clock)
    if (!endpoint.ok) throw new AirlockError(endpoint.failure)
    if (each.provider.protocol !== provider.protocol)
      throw new AirlockError({
        code: 'invalid_configuration',
        message: `${each.provider.name} cannot stand by for ${provider.name}: it speaks another protocol.`,
        remedy: 'Let a provider of the same protocol stand by.',
      })
    return { ...each, endpoint: endpoint.value }
  })
}

/** So many calls that came to nothing, one after the other, are an agent that only tries again. */
const RETRYING = 3

/** When the agent last got anything, and whether it was ever told that its budget is gone. */
function createUse(stopwatch: Stopwatch) {
  let last = stopwatch()
  let running = 0
  let exhausted = false
  let failures = 0
  const touch = () => {
    last = stopwatch()
  }
  return {
    touch,
    exhaust: () => {
      if (!exhausted) touch()
      exhausted = true
    },
    exhausted: () => exhausted,
    retrying: () => failures >= RETRYING,
    /** An agent that waits for its model is not idle. */
    idleMilliseconds: () => (running > 0 ? 0 : Math.max(0, stopwatch() - last)),
    async during(work: () => Promise<CallOutcome>) {
      running++
      let outcome: CallOutcome = 'failed'
      try {
        outcome = await work()
      } finally {
        running--
        if (outcome === 'served') {
          failures = 0
          touch()
        }
        if (outcome === 'failed') failures++
      }
    },
  }
}
