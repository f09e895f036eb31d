import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { NOTHING_SPENT } from '#contract/budget.ts'
import type { Stopwatch } from '#kernel/instant.ts'
import type { Admission, Route } from './admit.ts'
import type { CallEnding } from './answer.ts'
import { bill } from './bill.ts'
import type { Candidate, Candidates } from './candidates.ts'
import type { EndpointCall, Pass } from './endpoints/endpoint.ts'
import { forward, unreachable } from './forward.ts'
import { headersToProvider } from './headers.ts'
import type { LaneEvents } from './lane-events.ts'
import type { Ledger, Reservation } from './ledger.ts'
import type { LaneGuard } from './outgoing/lane-guard.ts'
import type { Prices } from './prices.ts'
import type { ModelProtocol } from './protocols/protocol.ts'
import { replaceTextMember } from './top-level-keys.ts'
import type { Upstreams } from './upstream.ts'
import { sumOfSpends } from './usage.ts'

/** What the calls of a lane go through. */
export interface CallingLane {
  readonly protocol: ModelProtocol
  readonly guard: LaneGuard
  readonly candidates: Candidates
  readonly ledger: Ledger
  readonly events: LaneEvents
  readonly prices: Prices
  readonly upstreams: Upstreams
  readonly stopwatch: Stopwatch
}

/** A call that was admitted and has its reservation. */
export interface AdmittedCall {
  readonly to: Extract<Route, { kind: 'call' }>
  readonly admitted: Admission
  readonly reservation: Reservation
  /** How many secrets were replaced in it. */
  readonly redacted: number
  readonly headers: IncomingHttpHeaders
  readonly signal: AbortSignal
}

/**
 * Asks one provider after the other until one answers; each try is an event, and all of them are settled at once. From
 * the first byte that goes to the agent on, the call is the provider's that sent it. Returns the status told.
 */
export async function callProviders(
  lane: CallingLane,
  call: AdmittedCall,
  res: ServerResponse,
): Promise<number> {
  const isPriced = ({ provider, model }: Candidate) =>
    lane.prices.admits(provider, model ?? call.admitted.model)
  const order = lane.candidates.inOrder().filter(isPriced)
  let before = NOTHING_SPENT
  for (const [index, candidate] of order.entries()) {
    const next = order[index + 1]
    const started = lane.stopwatch()
    const model = candidate.model ?? call.admitted.model
    const ending = await ask(lane, call, candidate, model, next !== undefined, res)
    const untold = next !== undefined && ending.untold === true
    const { prices } = lane
    const billed = bill(
      { prices, provider: candidate.provider },
      call.to.purpose,
      { ...call.admitted, model },
      ending,
    )
    const spend = untold ? { ...billed.spend, requests: 0 } : billed.spend
    const sum = sumOfSpends(before, spend)
    const total = untold ? sumOfSpends(lane.ledger.spent(), sum) : call.reservation.settle(sum)
    const notes = [untold ? `Not answered; ${next.provider.name} is asked instead.` : '', billed.note ?? '']
    const note = notes.join(' ').trim()
    lane.events.call({
      kind: 'model_call',
      provider: candidate.provider.name,
      model,
      status: ending.status,
      milliseconds: Math.round(lane.stopwatch() - started),
      spend,
      total,
      ...(note === '' ? {} : { note }),
      ...(call.redacted === 0 ? {} : { redacted: call.redacted }),
    })
    if (!untold) return ending.status
    lane.candidates.failed(candidate)
    before = sum
  }
  throw new Error('a lane has at least one provider')
}

async function ask(
  lane: CallingLane,
  { to, admitted, headers, signal }: AdmittedCall,
  { endpoint, model: instead }: Candidate,
  model: string,
  standby: boolean,
  res: ServerResponse,
): Promise<CallEnding> {
  const renamed = instead !== undefined && instead !== admitted.model
  const target: EndpointCall = {
    apiPath: renamed ? lane.protocol.pathFor(to.apiPath, model) : to.apiPath,
    query: to.query,
    purpose: to.purpose,
    model,
    stream: admitted.request.stream,
  }
  const body = renamed ? renamedBody(admitted.body, model) : admitted.body
  let pass: Pass | Promise<Pass> = endpoint.pass()
  if (pass instanceof Promise) {
    const fetched = await pass.catch(() => undefined)
    if (fetched === undefined) return unreachable({ protocol: lane.protocol, signal, standby }, res)
    pass = fetched
  }
  return forward(
    {
      pool: lane.upstreams.to(endpoint.origin),
      path: endpoint.target(target),
      headers: headersToProvider(headers, pass.headers),
      body: endpoint.body(body, target),
      protocol: lane.protocol,
      redaction: pass.redaction,
      onJson: lane.guard.answer(),
      signal,
      standby,
    },
    res,
  )
}

/** The model is named in the body or not at all: whoever names it in the path has it there only. */
function renamedBody(body: Buffer, model: string): Buffer {
  return Buffer.from(replaceTextMember(body.toString(), 'model', `"model":${JSON.stringify(model)}`))
}
