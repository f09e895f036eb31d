import type { Refusal } from '#contract/refusal.ts'
import type { Exhausted } from './ledger.ts'
import type { Hazard, ModelProtocol } from './protocols/protocol.ts'

/** A refusal and the HTTP status that agents understand best for it. */
export interface ModelRefusal extends Refusal {
  readonly status: number
}

export function noModel(what: string): ModelRefusal {
  return {
    status: 403,
    boundary: 'model',
    rule: 'model.none',
    what,
    reason: 'No model may be used in this phase of the task.',
    remedy: 'Models are there for the agent, while the task is running.',
  }
}

export function unknownPath(
  method: string,
  path: string,
  { version, paths }: Pick<ModelProtocol, 'version' | 'paths'>,
): ModelRefusal {
  return {
    status: 403,
    boundary: 'model',
    rule: 'model.path',
    what: `${method} ${path}`.slice(0, 300),
    reason: 'The gateway forwards model calls only.',
    remedy: `Use one of: ${paths.map((each) => `POST /${version}${each}`).join(', ')}, GET /${version}/models.`,
  }
}

export function upgradeRefused(path: string): ModelRefusal {
  return {
    status: 403,
    boundary: 'model',
    rule: 'model.websocket',
    what: `upgrade of ${path}`.slice(0, 300),
    reason: 'A WebSocket cannot be metered call by call.',
    remedy: 'Send plain HTTP requests; streaming by server-sent events works.',
  }
}

export function unreadableRequest(what: string, reason: string, status = 400): ModelRefusal {
  return {
    status,
    boundary: 'model',
    rule: 'model.request',
    what,
    reason,
    remedy: 'Send one plain JSON object.',
  }
}

export function modelNotAllowed(asked: string | undefined, allowed: readonly string[]): ModelRefusal {
  return {
    status: 403,
    boundary: 'model',
    rule: 'model.not-allowed',
    what: `model ${(asked ?? '(none named)').slice(0, 200)}`,
    reason:
      allowed.length > 0 ? `This task may use ${allowed.join(', ')} only.` : 'The request names no model.',
    remedy:
      allowed.length > 0
        ? `Ask for ${allowed.join(' or ')}, or start a task that names the other model.`
        : 'Name a model.',
  }
}

const HAZARDS: Readonly<Record<Hazard['rule'], { readonly reason: string; readonly remedy: string }>> = {
  'model.not-allowed': {
    reason: 'It could make the provider run another model than the one this task may use.',
    remedy: 'Leave it out.',
  },
  'model.hosted-tool': {
    reason: 'A tool that runs at the provider has a network of its own, outside the sandbox.',
    remedy: 'Offer tools that run in the sandbox.',
  },
  'model.remote-content': {
    reason: 'The provider would fetch this address for the sandbox, which has no network.',
    remedy: 'Send the content itself, as base64 or a data: address.',
  },
  'model.background': {
    reason: 'The cost of a background answer cannot be metered.',
    remedy: 'Wait for the answer, streaming or not.',
  },
  'model.many-answers': {
    reason: 'Each answer costs as much as a call, and one call is what may pass a budget.',
    remedy: 'Ask for one answer at a time.',
  },
  'model.service-order': {
    reason:
      'It tells the service before the model where to look, whom to ask or where to send what it is given.',
    remedy: 'Leave it out.',
  },
  'model.service-tier': {
    reason: 'It costs more than the price the budget is counted in.',
    remedy: 'Leave it out, or ask for the default.',
  },
}

export function hazardous(hazard: Hazard): ModelRefusal {
  return { status: 403, boundary: 'model', rule: hazard.rule, what: hazard.found, ...HAZARDS[hazard.rule] }
}

export function budgetExhausted(gone: Exhausted, model: string): ModelRefusal {
  const used = gone.dimension === 'money' ? dollars(gone.used) : gone.used.toLocaleString('en')
  const limit = gone.dimension === 'money' ? dollars(gone.limit) : gone.limit.toLocaleString('en')
  return {
    status: 402,
    boundary: 'budget',
    rule: `budget.${gone.dimension}`,
    what: `model call to ${model}`.slice(0, 300),
    reason: `The budget for ${gone.dimension}${gone.of === undefined ? '' : ` of ${gone.of}`} is used up: ${used} of ${limit}.`,
    remedy: `The work done so far is kept for review. ${gone.of === undefined ? 'Start another attempt with a larger budget to go on.' : 'Whoever sets budgets can raise it: airlock budget set.'}`,
  }
}

export function canaryTripped(): ModelRefusal {
  return {
    status: 403,
    boundary: 'canary',
    rule: 'canary.tripped',
    what: 'model call',
    reason: 'This attempt was stopped.',
  }
}

export function priceUnknown(provider: string, model: string): ModelRefusal {
  return {
    status: 403,
    boundary: 'budget',
    rule: 'budget.price-unknown',
    what: `model call to ${model}`.slice(0, 300),
    reason: 'Nobody knows what this model costs, and this installation pays no unknown price.',
    remedy:
      `Give its price in prices.json, as ${provider}/${model}, or a ceiling for all that is unknown.`.slice(
        0,
        500,
      ),
  }
}

function dollars(microDollars: number): string {
  return `$${(microDollars / 1_000_000).toFixed(4).replace(/0{1,2}$/, '')}`
}
