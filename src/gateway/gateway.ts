import type { Budget, Spend } from '#contract/budget.ts'
import type { EgressRoute, EgressScheme } from '#contract/egress.ts'
import type { EventBody } from '#contract/event.ts'
import type { EgressPreset } from '#contract/project-file.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { KnownSecret } from '#guards/secrets/known-value.ts'
import type { CanaryTrip, PlantedCanary } from './outgoing/canary-trip.ts'
import type { SharedBudgets } from './shared-budgets.ts'

export type Protocol = 'anthropic' | 'openai-responses' | 'openai-chat' | 'gemini'

/** A host that offers a protocol in a way of its own; any other takes it as its maker does. */
export type ProviderService = 'azure' | 'vertex'

/** A model provider as the gateway knows it. The key never leaves zone 1. */
export interface Provider {
  readonly name: string
  readonly protocol: Protocol
  /** Without trailing slash; the version may be left out: `https://api.anthropic.com`. */
  readonly baseUrl: string
  readonly key: string
  readonly service?: ProviderService
  /** Model names this installation may use with it; empty means every model. */
  readonly models: readonly string[]
}

/** A host that was refused and that a person may allow. Of plain HTTP also what was asked of it. */
export interface AskedFor {
  readonly scheme: EgressScheme
  readonly host: string
  readonly port: number
  readonly method?: string
  readonly path?: string
}

export interface LaneRefusal {
  readonly kind: 'refusal'
  readonly refusal: Refusal
  readonly asked?: AskedFor
}

/** What one attempt may do through its socket directory. The directory is its identity: there are no tokens. */
export interface Lane {
  readonly attempt: string
  /** Made by the gateway with mode 0700 in a parent nobody else can enter; holds `model.sock` and `egress.sock`. */
  readonly directory: string
  readonly provider: Provider | undefined
  readonly model: string | undefined
  /** Asked in this order where the provider does not answer. Of the same protocol. */
  readonly standby?: readonly { readonly provider: Provider; readonly model: string }[]
  readonly budget: Budget
  /** The budget as it is now: asked before a call is refused, since somebody may have raised it. */
  readonly currentBudget?: () => Promise<Budget>
  /** What it may spend together with other lanes. */
  readonly shared?: SharedBudgets
  /** What must not go to any model, in whatever dress. */
  readonly secrets?: readonly KnownSecret[]
  readonly canaries?: readonly PlantedCanary[]
  /** Called once, at the first canary. */
  readonly onCanary?: (trip: CanaryTrip) => void
  /** Spent before this lane opened, by the same attempt. */
  readonly spent: Spend
  readonly egress: readonly EgressPreset[]
  /** What people allowed besides the presets. */
  readonly routes?: readonly EgressRoute[]
  /** What a person types to open a host for this lane, the host left out; without it nobody is asked for any. */
  readonly widenCommand?: string
  readonly onEvent: (event: Extract<EventBody, { kind: 'model_call' | 'budget' }> | LaneRefusal) => void
}

export interface OpenLane {
  spent(): Spend
  /** True once a request was refused because the budget is gone. */
  exhausted(): boolean
  /** False once the agent could not reach the lane any more: its socket is gone. */
  reachable(): boolean
  /** Milliseconds since the agent last got anything: a call that is refused, or fails, is no sign of work. */
  idleMilliseconds(): number
  /** True while nothing but refused and failed calls come, one after the other: whatever it says, it only tries again. */
  retrying(): boolean
  /** Ends open connections and removes the directory. Safe to call twice. */
  close(): Promise<void>
}

export interface Gateway {
  open(lane: Lane): Promise<OpenLane>
  /** Ends every lane. */
  close(): Promise<void>
}
