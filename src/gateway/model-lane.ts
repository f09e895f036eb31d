import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Spend } from '#contract/budget.ts'
import { type Admission, admit, route } from './admit.ts'
import { mostOf, usualOf } from './bill.ts'
import { type CallingLane, callProviders } from './call-providers.ts'
import type { Provider } from './gateway.ts'
import { headersToProvider } from './headers.ts'
import type { LaneEvents } from './lane-events.ts'
import type { ModelProtocol, PathCall } from './protocols/protocol.ts'
import type { Body } from './read-body.ts'
import {
  budgetExhausted,
  canaryTripped,
  type ModelRefusal,
  noModel,
  priceUnknown,
  unreadableRequest,
} from './refusals.ts'
import { sendError } from './send-error.ts'

/** All that one lane's model calls need. */
export interface ModelLane extends CallingLane {
  /** Whom the agent asks, as far as it knows. */
  readonly provider: Provider
  readonly model: string | undefined
  readonly readBody: (req: IncomingMessage) => Promise<Body>
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
  lane.guard.look(req.url ?? '', 'a path')
  lane.guard.look(JSON.stringify(headersToProvider(req.headers, {})), 'a header')
  if (lane.guard.tripped()) return refuse(lane, res, canaryTripped())
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
    const asked = admit(lane.protocol, to, lane.provider, lane.model, body.bytes, req.headers)
    if (!asked.ok) return refuse(lane, res, asked.refusal)
    const prompt = lane.guard.redact(asked.body)
    if (lane.guard.tripped()) return refuse(lane, res, canaryTripped())
    const admitted = { ...asked, body: prompt.body }
    if (!lane.prices.admits(lane.provider, admitted.model))
      return refuse(lane, res, priceUnknown(lane.provider.name, admitted.model))
    const [most, usual] = [dearest(lane, to.purpose, admitted), usualOf(lane, to.purpose, admitted, 0)]
    const reservation = await lane.ledger.reserve(most, signal, usual)
    if (!reservation) return 'neither'
    if ('dimension' in reservation) {
      lane.onExhausted()
      return refuse(lane, res, budgetExhausted(reservation, admitted.model))
    }
    const redacted = prompt.redacted.length
    const call = { to, admitted, reservation, redacted, headers: req.headers, signal }
    return (await callProviders(lane, call, res)) < 400 ? 'served' : 'failed'
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

/** What is held until it is known who answers. */
function dearest(lane: ModelLane, purpose: PathCall['purpose'], admitted: Admission): Spend {
  const each = lane.candidates
    .inOrder()
    .map(({ provider, model = admitted.model }) =>
      mostOf({ prices: lane.prices, provider }, purpose, { ...admitted, model }),
    )
  return each.reduce((most, one) => (one.microDollars > most.microDollars ? one : most))
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
