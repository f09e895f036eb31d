import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Spend } from '#contract/budget.ts'
import type { Stopwatch } from '#kernel/instant.ts'
import { type Admission, admit, type Route, route } from './admit.ts'
import type { CallEnding } from './answer.ts'
import { forward } from './forward.ts'
import type { Provider } from './gateway.ts'
import { headersToProvider } from './headers.ts'
import type { LaneEvents } from './lane-events.ts'
import type { Ledger, Reservation } from './ledger.ts'
import type { Cost, Prices } from './prices.ts'
import type { ModelProtocol } from './protocols/protocol.ts'
import type { ProviderAddress } from './provider-address.ts'
import type { Body } from './read-body.ts'
import type { Redaction } from './redact.ts'
import { budgetExhausted, type ModelRefusal, noModel, priceUnknown, unreadableRequest } from './refusals.ts'
import { sendError } from './send-error.ts'
import type { Upstreams } from './upstream.ts'
import { spendOf, type Usage, usageFrom } from './usage.ts'

/** All that one lane's model calls need. */
export interface ModelLane {
  readonly provider: Provider
  readonly redaction: Redaction
  readonly protocol: ModelProtocol
  readonly address: ProviderAddress
  readonly model: string | undefined
  readonly ledger: Ledger
  readonly events: LaneEvents
  readonly prices: Prices
  readonly upstreams: Upstreams
  readonly readBody: (req: IncomingMessage) => Promise<Body>
  readonly stopwatch: Stopwatch
  /** Called when a request is refused because the budget is gone. */
  readonly onExhausted: () => void
}

/** What came of a request: the model's answer, nothing (refused, or failed), or something that is no sign of either. */
export type CallOutcome = 'served' | 'failed' | 'neither'

/** Answers one request of the agent: read, admit, reserve, forward, settle. */
export async function answerModelRequest(
  lane: ModelLane,
  req: IncomingMessage,
  res: ServerResponse,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const to = route(lane.protocol, req.method ?? '', req.url ?? '', req.headers)
  if (to.kind === 'alive') {
    res.writeHead(200, { 'content-length': 0 }).end()
    return 'neither'
  }
  if (to.kind === 'models') return sendModels(lane, res)
  if (to.kind === 'refused') return refuse(lane, res, to.refusal)
  const body = await lane.readBody(req)
  if (body === 'aborted') return 'neither'
  if (body === 'too-large')
    return refuse(
      lane,
      res,
      unreadableRequest('a request that is too large', 'The request is too large.', 413),
    )
  try {
    const admitted = admit(lane.protocol, to, lane.provider, lane.model, body.bytes, req.headers)
    if (!admitted.ok) return refuse(lane, res, admitted.refusal)
    if (!lane.prices.admits(lane.provider, admitted.model))
      return refuse(lane, res, priceUnknown(lane.provider.name, admitted.model))
    const [most, usual] = [mostOf(lane, to.purpose, admitted), usualOf(lane, to.purpose, admitted, 0)]
    const reservation = await lane.ledger.reserve(most, signal, usual)
    if (!reservation) return 'neither'
    if ('dimension' in reservation) {
      lane.onExhausted()
      return refuse(lane, res, budgetExhausted(reservation, admitted.model))
    }
    return await callProvider(lane, to, admitted, reservation, req, res, signal)
  } finally {
    body.release()
  }
}

/** The answer where a lane has no model. */
export function refuseModelRequest(
  protocol: ModelProtocol,
  events: LaneEvents,
  req: IncomingMessage,
  res: ServerResponse,
) {
  refuse({ protocol, events }, res, noModel(`${req.method} ${req.url}`.slice(0, 300)))
}

async function callProvider(
  lane: ModelLane,
  to: Extract<Route, { kind: 'call' }>,
  admitted: Admission,
  reservation: Reservation,
  req: IncomingMessage,
  res: ServerResponse,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const started = lane.stopwatch()
  const ending = await forward(
    {
      pool: lane.upstreams.to(lane.address.origin),
      path: lane.address.pathOf(to.apiPath) + to.query,
      headers: headersToProvider(req.headers, lane.protocol.authentication(lane.provider.key)),
      body: admitted.body,
      protocol: lane.protocol,
      redaction: lane.redaction,
      signal,
    },
    res,
  )
  const { spend, note } = bill(lane, to.purpose, admitted, ending)
  const total = reservation.settle(spend)
  lane.events.call({
    kind: 'model_call',
    provider: lane.provider.name,
    model: admitted.model,
    status: ending.status,
    milliseconds: Math.round(lane.stopwatch() - started),
    spend,
    total,
    ...(note === undefined ? {} : { note }),
  })
  return ending.status < 400 ? 'served' : 'failed'
}

/** What a call costs by its ending: what the provider said, nothing where it refused, else what such a call usually costs. */
function bill(
  lane: ModelLane,
  purpose: 'generate' | 'count',
  admitted: Admission,
  { ending, usage, received = 0 }: CallEnding,
) {
  if (purpose === 'count' || ending === 'refused' || ending === 'unsent')
    return { spend: spendOf(NO_USAGE, 0) }
  if (!usage)
    return {
      spend: usualOf(lane, purpose, admitted, received),
      note: 'The provider did not say what this call used; charged as reserved.',
    }
  const cost = lane.prices.cost(lane.provider, admitted.model, usage)
  return { spend: spendOf(usage, cost.microDollars), note: noteOn(cost) }
}

function noteOn(cost: Cost): string | undefined {
  return cost.basis === 'ceiling'
    ? 'The price of this model is not known; charged at the ceiling.'
    : undefined
}

const NO_USAGE = usageFrom({ input: 0, cacheRead: 0, cacheWrite: 0, cacheWriteHour: 0, output: 0 })

/** More than the models of today say at once, and read at once: held where a request does not tell. */
const LONGEST_OUTPUT = 131_072
const LONGEST_INPUT = 1_000_000
/** Charged where a request sets no bound and the provider does not say what was used. */
const USUAL_OUTPUT = 16_384
const BYTES_PER_TOKEN = 3

/** The most a call can cost: what is held while it runs, so that calls at once do not pass the budget together. */
function mostOf(lane: ModelLane, purpose: 'generate' | 'count', { body, model, request }: Admission): Spend {
  if (purpose === 'count') return spendOf(NO_USAGE, 0)
  const input = request.addsStored ? Math.max(LONGEST_INPUT, body.length) : body.length
  return spendAtMost(lane, model, input, request.outputTokens ?? LONGEST_OUTPUT)
}

/** What a call that told nothing of its cost is charged: what it was allowed to say, or could have said by what came. */
function usualOf(
  lane: ModelLane,
  purpose: 'generate' | 'count',
  { body, model, request }: Admission,
  received: number,
): Spend {
  if (purpose === 'count') return spendOf(NO_USAGE, 0)
  const usual = Math.max(USUAL_OUTPUT, Math.ceil(received / BYTES_PER_TOKEN))
  const output = request.outputTokens ?? Math.min(usual, LONGEST_OUTPUT)
  return spendAtMost(lane, model, Math.ceil(body.length / BYTES_PER_TOKEN), output)
}

function spendAtMost(lane: ModelLane, model: string, input: number, output: number): Spend {
  const usage: Usage = { ...NO_USAGE, input, output }
  return spendOf(usage, lane.prices.most(lane.provider, model, usage))
}

function sendModels(lane: ModelLane, res: ServerResponse): CallOutcome {
  const names = lane.model === undefined ? lane.provider.models : [lane.model]
  const body = JSON.stringify(lane.protocol.models(names))
  res
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body)
  return 'neither'
}

/** The refusal in the client's own envelope, and beside it in ours, for an agent that reads it. */
function refuse(
  { protocol, events }: Pick<ModelLane, 'protocol' | 'events'>,
  res: ServerResponse,
  { status, ...refusal }: ModelRefusal,
): CallOutcome {
  events.refusal(refusal)
  const message = `Airlock: ${refusal.reason} ${refusal.remedy ?? ''}`.trim()
  if (status === 413) res.setHeader('connection', 'close') // the rest of the body is not read
  sendError(res, protocol, status, `${message} (${refusal.rule})`, { airlock: refusal })
  return 'failed'
}
