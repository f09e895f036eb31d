import type { EventBody } from '#contract/event.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { Grant } from '#policy/grant.ts'

/** What the agent is told. Everything here may be read by the model: no secrets. */
export interface Assignment {
  readonly intent: string
  readonly grant: Grant
  /** What a reviewer or the gates said about the work so far; absent on the first run. */
  readonly feedback?: string
}

/** A read-only file shown to the agent inside the sandbox. */
export interface GuestMount {
  readonly source: string
  readonly target: string
}

/** How to start an agent inside a sandbox. Pure data: the pipeline starts it, the agent room never touches a process. */
export interface LaunchPlan {
  readonly command: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
  readonly mounts: readonly GuestMount[]
  /** Given to the agent's standard input. */
  readonly input: string
}

/** What one line of an agent's output said. Hostile: bounded and parsed before it is believed to be even a claim. */
export type AgentReport =
  | { readonly kind: 'event'; readonly body: Extract<EventBody, { kind: 'message' | 'command' | 'file' }> }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'finished'; readonly summary: string }

/** An agent Airlock can run. Every agent passes test/port-suites/agent.ts. */
export interface Agent {
  readonly name: string
  /** The wire protocols this agent can speak to the gateway. */
  readonly protocols: readonly ('anthropic' | 'openai-responses' | 'openai-chat')[]
  plan(assignment: Assignment, model: { provider: string; protocol: string; name: string }): LaunchPlan
  /** Reads one line of standard output; undefined for noise. Never throws. */
  read(line: string): AgentReport | undefined
}
