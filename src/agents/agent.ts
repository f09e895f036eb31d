import type { EventBody } from '#contract/event.ts'
import type { Refusal } from '#contract/refusal.ts'
import type { Grant } from '#policy/grant.ts'

/** What the agent is told. Everything here may be read by the model: no secrets. */
export interface Assignment {
  readonly intent: string
  readonly grant: Grant
  /** What a reviewer or the gates said about the work so far; absent on the first run. */
  readonly feedback?: string | undefined
  /** A value to stand among the instructions, never to be uttered: only for agents whose instructions are Airlock's. */
  readonly canary?: string | undefined
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

export type AgentProtocol = 'anthropic' | 'openai-responses' | 'openai-chat' | 'gemini'

/** The model of a task, and the words in which it wants to be spoken to. */
export interface AgentModel {
  readonly provider: string
  readonly protocol: string
  readonly name: string
}

/** What an agent may say of itself; the rest of the log is the host's own. */
export type Claim = Extract<EventBody, { kind: 'message' | 'command' | 'file' | 'tool_call' | 'permission' }>

/** What one line of an agent's output said. Hostile: bounded and parsed before it is believed to be even a claim. */
export type AgentReport =
  | { readonly kind: 'event'; readonly body: Claim }
  | { readonly kind: 'refusal'; readonly refusal: Refusal }
  | { readonly kind: 'finished'; readonly summary: string }

/** Reads one run's standard output line by line, and may remember a bounded part of it. Gives nothing for noise; never throws. */
export type AgentReader = (line: string) => readonly AgentReport[]

/** An agent Airlock can run. Every agent passes test/port-suites/agent.ts. */
export interface Agent {
  readonly name: string
  /** The wire protocols this agent can speak to the gateway. */
  readonly protocols: readonly AgentProtocol[]
  /** The npm package that it runs from, mounted at /opt/airlock/agents/NAME; left out by what comes with Airlock. */
  readonly package?: string
  plan(assignment: Assignment, model: AgentModel): LaunchPlan
  /** A reader for one run. */
  reader(): AgentReader
}
